/**
 * Internal: confines every execution to a cgroup of its own (cgroup v2), below a common one whose memory the kernel limits:
 *
 * <pre>
 * base                         the node's cgroup, or one that was delegated to this user
 * ├── nbguard-host             all processes that were in base, this JVM included
 * └── nbguard-notebooks        all notebooks: memory.max = what the node may use − a reserve
 *     └── guard-PID-…          one folder for each open guard
 *         └── EXECUTION        one leaf for each execution: memory.oom.group = 1, pids.max, memory.max
 * </pre>
 *
 * <p>Read it in this order: {@link io.nbguard.cgroup.leaf.CgroupLayout} (whether and where), {@link
 * io.nbguard.cgroup.leaf.NotebooksCgroup} (made and removed), {@link io.nbguard.cgroup.leaf.LeafSession} (the tick), {@link
 * io.nbguard.cgroup.leaf.LeafGroup} (one execution), {@link io.nbguard.cgroup.leaf.NotebooksCgroupLimit} (the reserve).
 */
@NullMarked
package io.nbguard.cgroup.leaf;

import org.jspecify.annotations.NullMarked;
