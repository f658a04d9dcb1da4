package io.nbguard.core.schedule;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.ExecutionId;
import io.nbguard.api.GuardException;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.execution.StopMode;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleFire;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.event.PluginFaults;
import io.nbguard.core.fixture.RecordedEvents;
import io.nbguard.core.fixture.TwoClocks;
import io.nbguard.core.trigger.CronTrigger;
import io.nbguard.core.trigger.IntervalTrigger;
import io.nbguard.core.trigger.OnceTrigger;
import io.nbguard.spi.Trigger;
import io.nbguard.spi.store.StoredSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;

/** A scheduler in time that a test moves, whose executions are only counted and end when the test says so. */
final class ScheduledWorld {

    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    /** An execution was started at {@code at}. */
    record Started(Instant at, Attempt execution) {}

    final TwoClocks clock = new TwoClocks(BEGIN);
    final RecordedEvents events = new RecordedEvents();
    final List<Started> started = Collections.synchronizedList(new ArrayList<>());
    final Map<String, Trigger> triggers = new HashMap<>();
    final FireClaims claims;
    final Scheduler scheduler;
    boolean endsAtOnce = true;

    int looks;

    /** What a start does first; may throw. */
    Runnable beforeStart = () -> {};

    ScheduledWorld() {
        this(FireClaims.ALONE);
    }

    ScheduledWorld(FireClaims claims) {
        this.claims = claims;
        scheduler = scheduler(Thread::new);
        for (Trigger trigger : List.of(new CronTrigger(), new IntervalTrigger(), new OnceTrigger())) {
            triggers.put(trigger.name(), trigger);
        }
    }

    Scheduler scheduler(ThreadFactory threads) {
        return new Scheduler(
                name -> {
                    Trigger trigger = triggers.get(name);
                    if (trigger == null) {
                        throw new GuardException(ErrorCode.NOT_FOUND, "there is no trigger called '" + name + "'");
                    }
                    return trigger;
                },
                request -> {
                    if (request.notebook().startsWith("missing")) {
                        throw new GuardException(ErrorCode.NOT_FOUND, "no notebook " + request.notebook());
                    }
                },
                this::prepare,
                claims,
                new PluginFaults(events, clock),
                desk(threads),
                events,
                clock,
                threads);
    }

    /** Triggers of the tests answer at once, on the thread that asks. */
    TriggerDesk desk(ThreadFactory threads) {
        return new TriggerDesk(threads, trigger -> true, TriggerDesk.TIMEOUT);
    }

    ExecutionStarter.Prepared prepare(ExecutionRequest request) {
        beforeStart.run();
        Attempt attempt = new Attempt(request);
        return new ExecutionStarter.Prepared() {
            @Override
            public Execution execution() {
                return attempt;
            }

            @Override
            public Execution start(LaunchPermit permit) {
                started.add(new Started(clock.instant(), attempt));
                if (endsAtOnce) {
                    attempt.end();
                }
                return attempt;
            }
        };
    }

    /** Returns a schedule as a store would have kept it. */
    static StoredSchedule stored(Schedule schedule) {
        return new StoredSchedule(schedule, schedule.createdAt(), false);
    }

    Schedule add(String trigger, String expression, UnaryOperator<ScheduleSpec.Builder> more) {
        return scheduler.add(spec(trigger, expression, more));
    }

    Schedule add(String trigger, String expression) {
        return add(trigger, expression, spec -> spec);
    }

    static ScheduleSpec spec(String trigger, String expression, UnaryOperator<ScheduleSpec.Builder> more) {
        return more.apply(ScheduleSpec.of(
                                "nbguard-" + trigger,
                                expression,
                                ExecutionRequest.of("report.ipynb").build())
                        .zone(ZoneOffset.UTC))
                .build();
    }

    /** Lets time pass, looking when the scheduler wants to look. */
    void pass(Duration time) {
        long left = time.toNanos();
        while (true) {
            long pause = scheduler.look();
            looks++;
            if (pause > left) {
                clock.advance(left);
                return;
            }
            clock.advance(pause);
            left -= pause;
        }
    }

    /** Lets time pass, in which the scheduler does not look. */
    void sleep(Duration time) {
        clock.jump(time);
    }

    List<Instant> startTimes() {
        return started.stream().map(Started::at).toList();
    }

    List<String> history(Schedule schedule) {
        return scheduler.history(schedule.id()).stream()
                .map(ScheduledWorld::text)
                .toList();
    }

    /** Such as {@code TOO_LATE 3}. */
    static String text(ScheduleFire fire) {
        return fire.outcome() + " " + fire.count();
    }

    Schedule now(Schedule schedule) {
        return scheduler.find(schedule.id()).orElseThrow();
    }

    static final class Attempt implements Execution {

        private final ExecutionId id = ExecutionId.random();
        private final ExecutionRequest request;
        private final CompletableFuture<ExecutionRecord> completion = new CompletableFuture<>();

        Attempt(ExecutionRequest request) {
            this.request = request;
        }

        void end() {
            // The record is not read here.
            completion.complete(null);
        }

        @Override
        public ExecutionId id() {
            return id;
        }

        @Override
        public ExecutionRequest request() {
            return request;
        }

        @Override
        public ExecutionState state() {
            return completion.isDone() ? ExecutionState.COMPLETED : ExecutionState.RUNNING;
        }

        @Override
        public Progress progress() {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public ExecutionRecord record() {
            throw new UnsupportedOperationException("not asked for here");
        }

        @Override
        public CompletableFuture<ExecutionRecord> completion() {
            return completion;
        }

        @Override
        public CompletableFuture<ExecutionRecord> stop(StopMode mode) {
            end();
            return completion;
        }
    }
}
