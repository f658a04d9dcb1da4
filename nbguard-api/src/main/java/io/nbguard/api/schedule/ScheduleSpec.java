package io.nbguard.api.schedule;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.internal.RequestChecks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to run again and again, and when. Immutable; made by one of the methods that name a trigger:
 *
 * <pre>{@code
 * ScheduleSpec.cron("0 2 * * mon-fri", ExecutionRequest.of("reports/daily.ipynb").build())
 *     .zone(ZoneId.of("Europe/Berlin"))
 *     .misfireGrace(Duration.ofMinutes(30))
 *     .build();
 * }</pre>
 */
public final class ScheduleSpec {

    private static final Duration SHORTEST_GRACE = Duration.ofSeconds(1);
    private static final Duration LONGEST_GRACE = Duration.ofDays(30);
    private static final Duration LONGEST_JITTER = Duration.ofDays(1);
    private static final int MOST_INSTANCES = 1_000;

    private final Optional<ScheduleId> id;
    private final ExecutionRequest request;
    private final String trigger;
    private final String expression;
    private final ZoneId zone;
    private final Optional<Instant> start;
    private final Optional<Instant> end;
    private final Duration misfireGrace;
    private final boolean coalesce;
    private final int maxInstances;
    private final Duration jitter;

    private ScheduleSpec(Builder builder) {
        id = Optional.ofNullable(builder.id);
        request = builder.request;
        trigger = builder.trigger;
        expression = builder.expression;
        zone = builder.zone;
        start = Optional.ofNullable(builder.start);
        end = Optional.ofNullable(builder.end);
        misfireGrace = builder.misfireGrace;
        coalesce = builder.coalesce;
        maxInstances = builder.maxInstances;
        jitter = builder.jitter;
    }

    /**
     * Begins a schedule of any trigger.
     *
     * @param trigger the trigger's name; nbguard's own also without {@code nbguard-}: {@code cron}, {@code interval},
     *     {@code once}
     * @param expression in the trigger's own form; it is checked when the schedule is added or previewed
     * @param request what to run at each fire
     * @throws IllegalArgumentException if {@code trigger} is blank
     */
    public static Builder of(String trigger, String expression, ExecutionRequest request) {
        Objects.requireNonNull(trigger, "trigger");
        Objects.requireNonNull(expression, "expression");
        Objects.requireNonNull(request, "request");
        return new Builder(RequestChecks.oneLine("trigger name", trigger), expression, request);
    }

    /** Begins a schedule with a crontab line's five fields such as {@code 0 2 * * mon-fri}, or {@code @daily} and friends. */
    public static Builder cron(String expression, ExecutionRequest request) {
        return of("nbguard-cron", expression, request);
    }

    /** Begins a schedule that fires each {@code interval}, counted from its start: it does not drift. */
    public static Builder every(Duration interval, ExecutionRequest request) {
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(request, "request");
        return of("nbguard-interval", interval.toString(), request);
    }

    /** Begins a schedule that fires once. */
    public static Builder once(Instant when, ExecutionRequest request) {
        Objects.requireNonNull(when, "when");
        Objects.requireNonNull(request, "request");
        return of("nbguard-once", when.toString(), request);
    }

    /** Returns the id it shall have; empty means a random one. */
    public Optional<ScheduleId> id() {
        return id;
    }

    /** Returns what to run at each fire. */
    public ExecutionRequest request() {
        return request;
    }

    /** Returns the name of the trigger that says when. */
    public String trigger() {
        return trigger;
    }

    /** Returns when, in the trigger's own form. */
    public String expression() {
        return expression;
    }

    /** Returns the zone in which days and hours are meant. */
    public ZoneId zone() {
        return zone;
    }

    /** Returns the first moment at which it may fire; empty means from when it is added. */
    public Optional<Instant> start() {
        return start;
    }

    /** Returns the last moment at which it may fire. */
    public Optional<Instant> end() {
        return end;
    }

    /** Returns how late an execution may be started. */
    public Duration misfireGrace() {
        return misfireGrace;
    }

    /** Returns until when an execution for what was due at {@code dueAt} may be started. */
    public Instant lateAfter(Instant dueAt) {
        return dueAt.plus(misfireGrace).plus(jitter);
    }

    /** Returns whether one execution stands for several fires that have come due. */
    public boolean coalesce() {
        return coalesce;
    }

    /** Returns how many of its executions may be under way at once, waiting ones included. */
    public int maxInstances() {
        return maxInstances;
    }

    /** Returns the most that a start is put off at random. */
    public Duration jitter() {
        return jitter;
    }

    @Override
    public String toString() {
        return "ScheduleSpec[" + trigger + " '" + expression + "' " + zone + ", " + request + "]";
    }

    /** Makes a {@link ScheduleSpec}. Every method checks its argument at once. Not safe for use by many threads. */
    public static final class Builder {

        private final String trigger;
        private final String expression;
        private final ExecutionRequest request;
        private @Nullable ScheduleId id;
        private ZoneId zone = ZoneId.systemDefault();
        private @Nullable Instant start;
        private @Nullable Instant end;
        private Duration misfireGrace = Duration.ofHours(1);
        private boolean coalesce = true;
        private int maxInstances = 1;
        private Duration jitter = Duration.ZERO;

        private Builder(String trigger, String expression, ExecutionRequest request) {
            this.trigger = trigger;
            this.expression = expression;
            this.request = request;
        }

        /**
         * Sets the id. Default: a random one.
         *
         * @throws IllegalArgumentException as {@link ScheduleId#ScheduleId} does
         */
        public Builder id(String value) {
            Objects.requireNonNull(value, "value");
            id = new ScheduleId(value);
            return this;
        }

        /** Sets the zone in which days and hours are meant. Default: this machine's, which in containers is often UTC. */
        public Builder zone(ZoneId place) {
            Objects.requireNonNull(place, "place");
            zone = place;
            return this;
        }

        /** Sets the first moment at which it may fire; intervals count from it. Default: when it is added. */
        public Builder start(Instant first) {
            Objects.requireNonNull(first, "first");
            start = first;
            return this;
        }

        /** Sets the last moment at which it may fire. Default: none. */
        public Builder end(Instant last) {
            Objects.requireNonNull(last, "last");
            end = last;
            return this;
        }

        /**
         * Sets how late an execution may be started, when the machine slept or its clock was put forward; what is later
         * is skipped. Default: one hour.
         *
         * @param longest 1 s to 30 days
         */
        public Builder misfireGrace(Duration longest) {
            Objects.requireNonNull(longest, "longest");
            misfireGrace = between("misfire grace", SHORTEST_GRACE, longest, LONGEST_GRACE);
            return this;
        }

        /** Sets whether one execution stands for several fires that have come due. Default: yes. */
        public Builder coalesce(boolean one) {
            coalesce = one;
            return this;
        }

        /**
         * Sets how many of its executions may be under way at once, those that wait for their turn included. Default: 1.
         *
         * @param most 1 to 1,000
         */
        public Builder maxInstances(int most) {
            if (most < 1 || most > MOST_INSTANCES) {
                throw new IllegalArgumentException(
                        "max instances must be from 1 to " + MOST_INSTANCES + ", not " + most);
            }
            maxInstances = most;
            return this;
        }

        /**
         * Sets the most that each start is put off at random, so that schedules of one minute do not start all at once;
         * never into the next fire. Which fire is put off by how much follows from the schedule's id. Default: none.
         *
         * @param most 0 to 1 day
         */
        public Builder jitter(Duration most) {
            Objects.requireNonNull(most, "most");
            jitter = between("jitter", Duration.ZERO, most, LONGEST_JITTER);
            return this;
        }

        private static Duration between(String what, Duration least, Duration value, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        "the " + what + " must be from " + least + " to " + most + ", not " + value);
            }
            return value;
        }

        /**
         * Returns the schedule.
         *
         * @throws IllegalArgumentException if it ends before it starts
         */
        public ScheduleSpec build() {
            if (start != null && end != null && end.isBefore(start)) {
                throw new IllegalArgumentException("the schedule ends at " + end + ", before it starts at " + start);
            }
            return new ScheduleSpec(this);
        }
    }
}
