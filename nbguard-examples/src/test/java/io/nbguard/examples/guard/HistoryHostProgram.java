package io.nbguard.examples.guard;

import io.nbguard.api.ScheduleId;
import io.nbguard.api.execution.Execution;
import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.execution.ExecutionRequest;
import io.nbguard.api.schedule.ScheduleSpec;
import io.nbguard.core.GuardBuilder;
import io.nbguard.core.HostDeath;
import io.nbguard.core.NotebookGuard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A host with a history in a file and a schedule, made to be killed. Runs notebooks until then, and prints {@code kept ID
 * STATE} for every execution once everything until now is written.
 *
 * <p>Arguments: the notebooks folder, the outputs folder, the history's URL, and the notebooks to run. They are plain Python
 * programs, which are not supervised and which are not scheduled, if the first is called {@code *.py.ipynb}.
 */
final class HistoryHostProgram {

    /** Has its executions outlive it. */
    static final String KEEP = "-Dhost.keep=true";

    /** The property that this sets. */
    static final String KEEPS = "host.keep";

    static final ScheduleId SCHEDULE = new ScheduleId("every-two-seconds");

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private HistoryHostProgram() {}

    public static void main(String[] args) {
        GuardBuilder settings = NotebookGuard.builder()
                .notebooks(Path.of(args[0]))
                .outputs(Path.of(args[1]))
                .history(h -> h.store("nbguard-jdbc"))
                .plugins(p -> p.configure("history.url", args[2]))
                .lifecycle(l -> l.onHostDeath(Boolean.getBoolean(KEEPS) ? HostDeath.KEEP : HostDeath.END))
                .maxConcurrent(4);
        boolean plain = args[3].endsWith(".py.ipynb");
        if (plain) {
            settings.executor(new PlainPython());
        }
        try (NotebookGuard guard = settings.build()) {
            if (!plain && guard.schedules().find(SCHEDULE).isEmpty()) {
                guard.schedules()
                        .add(ScheduleSpec.every(
                                        Duration.ofSeconds(2),
                                        ExecutionRequest.of(args[3]).build())
                                .id(SCHEDULE.value())
                                .build());
                System.out.println("scheduled " + SCHEDULE);
            }
            for (String notebook : List.of(args).subList(3, args.length)) {
                guard.run(ExecutionRequest.of(notebook)
                        .parameter("secret", "ünïcode")
                        .build());
            }
            tellWhatIsKept(guard);
        }
    }

    private static void tellWhatIsKept(NotebookGuard guard) {
        Map<String, String> told = new HashMap<>();
        while (true) {
            List<String> standing = new ArrayList<>();
            for (Execution execution : guard.executions()) {
                ExecutionRecord record = execution.record();
                standing.add(record.id() + " " + record.state());
            }
            if (guard.history().flush(TIMEOUT)) {
                for (String line : standing) {
                    if (told.put(line, line) == null) {
                        System.out.println("kept " + line);
                    }
                }
            } else {
                System.out.println("not kept: " + guard.history().health());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
