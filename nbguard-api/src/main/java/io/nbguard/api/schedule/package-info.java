/** Schedules and their fires. */
@NullMarked
package io.nbguard.api.schedule;

import org.jspecify.annotations.NullMarked;
