/**
 * Internal: schedules: when what is due, what becomes of it, and one thread that acts on it. The triggers say when; everything about
 * being late, paused, too many or put off is here.
 */
@NullMarked
package io.nbguard.core.schedule;

import org.jspecify.annotations.NullMarked;
