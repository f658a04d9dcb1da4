package io.nbguard.benchmarks.chaos;

import io.nbguard.benchmarks.rig.Workshop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The program that looks at a control group from outside, {@code observer.c}. For one thread. */
final class Observer implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final LineProcess program;
    private final Path socket;
    private final String priority;
    private final Set<String> joined = new HashSet<>();

    private Observer(LineProcess program, Path socket, String priority) {
        this.program = program;
        this.socket = socket;
        this.priority = priority;
    }

    /** Starts it. */
    static Observer start(Workshop workshop) throws IOException, InterruptedException {
        Path socket = workshop.scratch().resolve("observer.sock");
        LineProcess program = LineProcess.start(
                "observer",
                workshop.scratch(),
                List.of(workshop.compile("chaos/observer").toString(), socket.toString()),
                Map.of());
        return new Observer(program, socket, program.await("ready ", TIMEOUT).substring("ready ".length()));
    }

    /** Returns the socket that programs join by. */
    Path socket() {
        return socket;
    }

    /** Returns the priority that the kernel gave it, for a person. */
    String priority() {
        return priority;
    }

    /**
     * Begins a run.
     *
     * @param cacheChanges whether page cache comes and goes in it: its size is then read at every look, once a millisecond
     */
    void begin(Path group, long thresholdBytes, boolean cacheChanges) throws IOException, InterruptedException {
        joined.clear();
        program.send("begin " + group + " " + thresholdBytes + " " + (cacheChanges ? 1 : 0));
        program.await("begun ", TIMEOUT);
    }

    /** Waits until these executions have joined, with at least one process each. */
    void awaitJoined(Set<String> executions, Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!joined.containsAll(executions)) {
            joined.add(program.await("joined ", Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))
                    .split(" ")[1]);
        }
    }

    /** Lets all processes start. */
    void go() {
        program.send("go");
    }

    /**
     * Watches until every hog is dead or done and the memory back.
     *
     * @param timeout how long at most
     * @param linger how much longer, to see whether another process is killed
     * @param atMark called when a hog has come to its mark
     */
    Observation watch(Duration timeout, Duration linger, MarkAction atMark) throws IOException, InterruptedException {
        program.send("watch " + timeout.toMillis() + " " + linger.toMillis());
        List<Observation.Seen> seen = new ArrayList<>();
        while (true) {
            Optional<String> line = program.next(timeout.plus(linger).plus(TIMEOUT));
            if (line.isEmpty()) {
                throw new IOException("the observer does not answer; it said: " + program.complaints());
            }
            String[] word = line.get().split(" ");
            switch (word[0]) {
                case "mark" -> {
                    atMark.run();
                    go();
                }
                case "member" -> seen.add(Observation.Seen.parse(word));
                case "result" -> {
                    return Observation.parse(seen, word);
                }
                default -> {} // forked meanwhile, and joined
            }
        }
    }

    /** What is done at a mark. */
    interface MarkAction {
        void run() throws IOException;
    }

    @Override
    public void close() {
        program.close();
    }
}
