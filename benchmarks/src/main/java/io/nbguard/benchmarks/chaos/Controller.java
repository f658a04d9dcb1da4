package io.nbguard.benchmarks.chaos;

import io.nbguard.benchmarks.rig.Workshop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A guardian at work in a control group of its own: the process that starts executions there, and that must live through
 * whatever they do. For one thread.
 */
final class Controller implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String ENDED = "ended\t";
    private static final long KIB = 1024;

    private final Guardian guardian;
    private final MemoryGroup group;
    private final LineProcess process;
    private final Map<String, String> endings = new HashMap<>();

    private Controller(Guardian guardian, MemoryGroup group, LineProcess process) {
        this.guardian = guardian;
        this.group = group;
        this.process = process;
    }

    /**
     * Makes the group and starts the guardian in it; returns when that is ready.
     *
     * @param peers where earlyoom is; needed for that alone
     */
    static Controller start(Guardian guardian, Tier tier, Node node, Workshop workshop, Optional<Peers> peers)
            throws IOException, InterruptedException {
        String name = node.name() + "-" + guardian.id();
        MemoryGroup group = MemoryGroup.create(name, node.limitBytes());
        try {
            LineProcess process = LineProcess.start(
                    name,
                    workshop.scratch(),
                    command(guardian, tier, node, group, workshop, peers),
                    peers.filter(found -> !found.libraries().isEmpty() && guardian == Guardian.EARLYOOM)
                            .map(found -> Map.of("LD_LIBRARY_PATH", found.libraries()))
                            .orElse(Map.of()));
            Controller controller = new Controller(guardian, group, process);
            process.await("ready", TIMEOUT);
            controller.awaitSidecar();
            return controller;
        } catch (IOException | InterruptedException | RuntimeException e) {
            group.close();
            throw e;
        }
    }

    private void awaitSidecar() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (guardian.isSidecar() && !ask("safety").get(1).equals("SIDECAR")) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the sidecar did not go on watch within " + TIMEOUT + ": " + complaints());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static List<String> command(
            Guardian guardian, Tier tier, Node node, MemoryGroup group, Workshop workshop, Optional<Peers> peers)
            throws IOException {
        Path scratch = Files.createTempDirectory(workshop.scratch(), "controller");
        return switch (guardian) {
            case POLL ->
                group.joinedBy(List.of(
                        "python3",
                        workshop.unpack("chaos/keeper.py").toString(),
                        "poll",
                        group.folder().toString(),
                        Long.toString(node.thresholdBytes())));
            case BARE ->
                group.joinedBy(List.of(
                        "python3",
                        workshop.unpack("chaos/keeper.py").toString(),
                        "beside",
                        workshop.compile("chaos/bare").toString(),
                        group.folder().toString(),
                        Long.toString(node.thresholdBytes())));
            case EARLYOOM -> {
                Peers found = peers.orElseThrow(() -> new IOException("earlyoom was not found"));
                yield List.of(
                        "sh",
                        workshop.unpack("chaos/earlyoom.sh").toString(),
                        group.folder().toString(),
                        Long.toString(node.headroomBytes() / KIB),
                        scratch.toString(),
                        found.lxcfs().toString(),
                        found.earlyoom().toString(),
                        "python3",
                        workshop.unpack("chaos/keeper.py").toString());
            }
            default -> group.containing(tier, hostCommand(guardian, tier, node, scratch));
        };
    }

    private static List<String> hostCommand(Guardian guardian, Tier tier, Node node, Path scratch) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // The heap is there from the start, so that only executions make the group's use change.
                guardian.isAllocating() ? "-Xms1g" : "-Xms64m",
                guardian.isAllocating() ? "-Xmx1g" : "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseG1GC",
                "-Djna.nosys=true",
                "-Djava.io.tmpdir=" + scratch,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")),
                GuardHost.class.getName(),
                scratch.toString(),
                Double.toString(node.killAt()),
                tier.id()));
        if (guardian.isSidecar()) {
            command.add("--sidecar");
        }
        if (guardian.isAllocating()) {
            command.add("--allocate");
        }
        return command;
    }

    /** Returns its control group. */
    MemoryGroup group() {
        return group;
    }

    /** Returns whether it is alive. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** Lets its host make garbage, if it is one that does, or makes it rest: it must not disturb the runs of others. */
    void allocate(boolean on) {
        if (guardian.isAllocating()) {
            process.send("garbage\t" + (on ? "on" : "off"));
        }
    }

    /** Has it start a program as an execution. */
    void launch(String name, List<String> command) {
        process.send("launch\t" + name + "\t" + String.join("\t", command));
    }

    /**
     * Has it end every execution.
     *
     * @return how each of them ended since the last stop, in the controller's words; empty if the controller is dead
     */
    Optional<Map<String, String>> stop() throws InterruptedException {
        endings.clear();
        process.send("stop");
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<String> line = process.next(TIMEOUT);
            if (line.isEmpty()) {
                return Optional.empty();
            }
            if (line.get().equals("stopped")) {
                return Optional.of(Map.copyOf(endings));
            }
            if (line.get().startsWith(ENDED)) {
                String[] word = line.get().split("\t");
                endings.put(word[1], word[2]);
            }
        }
        return Optional.empty();
    }

    /** Asks nbguard's host something, and returns the answer's words after the first. */
    List<String> ask(String question) throws IOException, InterruptedException {
        process.send(question);
        List<String> words = List.of(process.await(question + "\t", TIMEOUT).split("\t"));
        return words.subList(1, words.size());
    }

    /** Returns what it wrote to standard error. */
    String complaints() {
        return process.complaints();
    }

    /** Ends it and everything in its group. */
    @Override
    public void close() {
        process.close();
        group.close();
    }
}
