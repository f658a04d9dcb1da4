/**
 * Internal: the life of one execution on its thread: launched, watched, stopped or ended by itself, judged, its output kept and
 * every trace of it removed.
 */
@NullMarked
package io.nbguard.core.execution;

import org.jspecify.annotations.NullMarked;
