/**
 * Internal: from a request to a run: a request is checked, waits for its turn and gets a thread; the guard's executions are known
 * here until some time after their end.
 */
@NullMarked
package io.nbguard.core.admission;

import org.jspecify.annotations.NullMarked;
