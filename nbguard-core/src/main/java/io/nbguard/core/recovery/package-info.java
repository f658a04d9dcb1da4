/**
 * Internal: crash recovery: what a guard does with the executions of guards that have died or given them back. A recovery goes
 * like this:
 *
 * <ol>
 *   <li>A run writes a claim beside its folder ({@link io.nbguard.core.workspace.Claim}): which guard it belongs to, and, if it may
 *       outlive that guard, its folders and what finds it again ({@link io.nbguard.core.workspace.KeptRun}).
 *   <li>The guard dies. Its supervisors end what is not to outlive it.
 *   <li>When another guard opens, and once a minute, {@link io.nbguard.core.recovery.DeadGuards} reads what is unfinished in the
 *       history store, and which guards are proved to be dead.
 *   <li>{@link io.nbguard.core.recovery.ExecutionRecovery} decides for each of their executions whether it goes on. If so, it is made
 *       this guard's, which of several guards one can: one of this machine by {@code KeptRuns.takeOver}, by its claim; one that an
 *       engine runs by {@link io.nbguard.core.recovery.StoreTakeover}, in the store.
 *   <li>{@link io.nbguard.core.admission.Executions#takeUp} makes an execution of it, whose run finds it again: by its processes, or
 *       by the handle in its engine.
 *   <li>What does not go on is ended by {@link io.nbguard.core.recovery.OrphanReaper}.
 *   <li>{@link io.nbguard.core.recovery.PartialOutput} moves its partial notebook to its name.
 *   <li>It is recorded as lost ({@code LostRecord}).
 *   <li>{@link io.nbguard.core.recovery.UnlaunchedFires} starts another execution for a fire that was claimed and never launched,
 *       or records it as skipped.
 *   <li>{@link io.nbguard.core.recovery.StaleFolders} removes the folders that nothing is left of.
 * </ol>
 *
 * <p>docs/internals/recovery.md says what is promised.
 */
@NullMarked
package io.nbguard.core.recovery;

import org.jspecify.annotations.NullMarked;
