/**
 * Internal: the executors that a guard has opened: which one runs a request, what it can do, and whether its engine answers.
 */
@NullMarked
package io.nbguard.core.executor;

import org.jspecify.annotations.NullMarked;
