package io.nbguard.spi;

import java.time.Instant;
import java.time.ZoneId;

/**
 * What a {@link Trigger} is asked about.
 *
 * @param expression in the trigger's own form, such as {@code PT10M} for an interval
 * @param zone the time zone in which days and hours are meant
 * @param anchor when the schedule began: intervals count from here, so that they do not drift
 */
public record TriggerSpec(String expression, ZoneId zone, Instant anchor) {}
