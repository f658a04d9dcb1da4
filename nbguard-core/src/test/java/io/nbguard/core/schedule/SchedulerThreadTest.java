package io.nbguard.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.fixture.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one thread, and many that call it. */
@Timeout(60)
class SchedulerThreadTest {

    private final ScheduledWorld world = new ScheduledWorld();
    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final Scheduler scheduler = world.scheduler(work -> {
        thread.set(new Thread(work));
        return thread.get();
    });

    @Test
    void theThreadWaitsForAddedSchedulesAndIsGoneAfterClose() throws Exception {
        scheduler.start();
        Eventually.until("it sleeps", () -> thread.get().getState() == Thread.State.WAITING);

        Schedule schedule = scheduler.add(every(Duration.ofSeconds(1)));
        Eventually.until("it sleeps until the next fire", () -> thread.get().getState() == Thread.State.TIMED_WAITING);
        // An interrupt from outside does not make it spin or end.
        thread.get().interrupt();
        world.clock.advance(Duration.ofSeconds(1).toNanos());
        Eventually.until("it has fired", () -> world.started.size() == 1);

        world.clock.advance(Duration.ofSeconds(1).toNanos());
        scheduler.close();

        assertThat(thread.get().isAlive()).isFalse();
        assertThat(scheduler.find(schedule.id()).orElseThrow().started()
                        + scheduler.find(schedule.id()).orElseThrow().skipped())
                .as("what was due when it was closed is recorded too")
                .isEqualTo(2);
    }

    @Test
    void callsOfManyThreadsLoseNothing() throws Exception {
        int callers = 8;
        int rounds = 200;
        scheduler.start();
        ExecutorService pool = Executors.newFixedThreadPool(callers);
        try {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                calls.add(() -> {
                    for (int round = 0; round < rounds; round++) {
                        Schedule schedule = scheduler.add(every(Duration.ofHours(1)));
                        scheduler.runNow(schedule.id());
                        scheduler.pause(schedule.id());
                        scheduler.list();
                        scheduler.resume(schedule.id());
                        assertThat(scheduler.next(schedule.id(), 3)).hasSize(3);
                        if (round % 2 == 0) {
                            scheduler.remove(schedule.id());
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> call : pool.invokeAll(calls)) {
                call.get();
            }
            assertThat(scheduler.list())
                    .hasSize(callers * rounds / 2)
                    .allMatch(schedule ->
                            schedule.started() == 1 && schedule.underWay().isEmpty());
            world.clock.advance(Duration.ofHours(1).plusSeconds(1).toNanos());
            // A new one wakes the thread, which then sees that the others are due.
            scheduler.add(every(Duration.ofHours(1)));
            Eventually.until("all have fired", () -> world.started.size() == callers * rounds + callers * rounds / 2);
            assertThat(world.events.of(GuardEvent.ScheduleSkipped.class)).isEmpty();
        } finally {
            pool.shutdown();
            assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            scheduler.close();
        }
        assertThat(thread.get().isAlive()).isFalse();
    }

    private static ScheduleSpec every(Duration interval) {
        return ScheduleSpec.every(interval, ExecutionRequest.of("report.ipynb").build())
                .build();
    }
}
