package io.nbguard.examples;

import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.schedule.Schedule;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.CountDownLatch;

/** Runs a notebook every two seconds until it has run twice: {@code ScheduleMain NOTEBOOKS_FOLDER NOTEBOOK}. */
public final class ScheduleMain {

    private ScheduleMain() {}

    /** Shows when a nightly schedule would fire, runs a frequent one, and prints what became of each fire. */
    public static void main(String[] arguments) throws InterruptedException {
        ExecutionRequest report = ExecutionRequest.of(arguments[1])
                .parameter("year", 2026)
                .timeout(Duration.ofMinutes(5))
                .build();
        CountDownLatch runs = new CountDownLatch(2);
        try (NotebookGuard guard =
                NotebookGuard.builder().notebooks(Path.of(arguments[0])).build()) {
            guard.listen(event -> {
                System.out.println(event.message());
                if (event instanceof GuardEvent.ExecutionChanged changed
                        && changed.record().state().isEnd()) {
                    runs.countDown();
                }
            });

            ZoneId zone = ZoneId.of("Europe/Berlin");
            ScheduleSpec nightly =
                    ScheduleSpec.cron("30 2 * * mon-fri", report).zone(zone).build();
            System.out.println("on working nights:");
            guard.schedules().preview(nightly, 3).forEach(due -> System.out.println("  " + due.atZone(zone)));

            // While a run is under way the next fire is skipped, and said to be.
            Schedule often = guard.schedules()
                    .add(ScheduleSpec.every(Duration.ofSeconds(2), report)
                            .id("often")
                            .build());
            runs.await();
            guard.schedules().pause(often.id());
            guard.schedules().history(often.id()).forEach(System.out::println);
        }
    }
}
