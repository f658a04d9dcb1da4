/**
 * Internal: the files of one execution: its two private folders, the name of its output, and the claim beside its folder, from
 * which another guard learns whose it is and how to find the execution again ({@code io.nbguard.core.recovery}).
 */
@NullMarked
package io.nbguard.core.workspace;

import org.jspecify.annotations.NullMarked;
