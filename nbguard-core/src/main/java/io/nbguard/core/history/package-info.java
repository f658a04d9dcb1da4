/**
 * Internal: what outlives a guard: one thread that writes it to a history store, the store that forgets at the guard's end, and the
 * care for what guards that were killed have left in a store.
 */
@NullMarked
package io.nbguard.core.history;

import org.jspecify.annotations.NullMarked;
