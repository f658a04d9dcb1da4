package io.nbguard.core;

import io.nbguard.core.fixture.FakeProbe;
import io.nbguard.core.fixture.FakeTracker;
import io.nbguard.core.fixture.ScriptedExecutor;
import java.nio.file.Path;

/** A host that makes its guard while the JVM shuts down, and says on standard output what becomes of it. */
final class LateHost {

    private LateHost() {}

    public static void main(String[] arguments) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> build(Path.of(arguments[0]))));
    }

    private static void build(Path folder) {
        FakeTracker tracker = new FakeTracker();
        FakeProbe probe = new FakeProbe();
        String answer = "built";
        try {
            NotebookGuard.builder()
                    .notebooks(folder)
                    .lifecycle(l -> l.announce(false))
                    .executor(new ScriptedExecutor())
                    .plugins(p -> p.tracker(tracker).probes(probe))
                    .lifecycle(l -> l.shutdownHook(true))
                    .build();
        } catch (RuntimeException e) {
            answer = e.toString();
        }
        System.out.println(answer + "; closed: " + tracker.closed + " " + probe.closed);
    }
}
