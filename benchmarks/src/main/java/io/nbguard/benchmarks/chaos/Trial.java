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
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs a scenario once, under a guardian's eyes. For one thread. */
final class Trial {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration WARM = Duration.ofMinutes(2);
    /** Long enough for a second kill: nbguard's cool-down is 250 ms. */
    private static final Duration LINGER = Duration.ofMillis(400);

    private static final Duration CLEARED = Duration.ofSeconds(5);
    private static final long MIB = 1L << 20;
    private static final int WARM_MIB = 3584;
    private static final long CLEARED_BYTES = 48L << 20;

    private final Workshop workshop;
    private final Observer observer;
    private final boolean warm;

    Trial(Workshop workshop, Observer observer, boolean warm) {
        this.warm = warm;
        this.workshop = workshop;
        this.observer = observer;
    }

    /**
     * Runs it.
     *
     * @throws IOException if the programs did not start, or did not get to the threshold in time, or the observer failed
     */
    Outcome run(Scenario scenario, Controller controller) throws IOException, InterruptedException {
        List<Process> elsewhere = new ArrayList<>();
        MemoryGroup group = controller.group();
        long before = group.usedBytes();
        Set<Path> groups = group.groupsBelow();
        @Nullable LineProcess warmth = warm && !scenario.node().equals(Node.SMALL) ? warmMemory() : null;
        try {
            controller.allocate(true);
            observer.begin(group.folder(), scenario.node().thresholdBytes(), scenario.cacheChanges());
            long room = scenario.node().thresholdBytes() / MIB
                    - before / MIB
                    - scenario.programs().stream().mapToLong(Program::heldMib).sum();
            for (Program program : scenario.programs()) {
                if (program.where() == Program.Place.ELSEWHERE) {
                    elsewhere.add(new ProcessBuilder(command(program, room)).start());
                } else {
                    controller.launch(program.name(), command(program, room));
                }
            }
            observer.awaitJoined(names(scenario), START);
            if (warmth != null) {
                warmth.close();
            }
            observer.go();
            Observation observation = observer.watch(
                    scenario.timeout(),
                    LINGER,
                    () -> group.limit(
                            scenario.raisedLimit().orElse(scenario.node().limitBytes())));
            boolean alive = controller.isAlive();
            Optional<Map<String, String>> endings = controller.stop();
            Set<Path> left = group.groupsBelow();
            left.removeAll(groups);
            Outcome outcome = new Outcome(
                    scenario, observation, alive && endings.isPresent(), endings.orElse(Map.of()), left.size());
            if (outcome.isVoid()) {
                throw new IOException("the hog did not come to the threshold: " + outcome.story());
            }
            return outcome;
        } finally {
            if (warmth != null) {
                warmth.close();
            }
            controller.allocate(false);
            elsewhere.forEach(Process::destroyForcibly);
            controller.stop();
            awaitCleared(group, before);
            group.limit(scenario.node().limitBytes());
        }
    }

    /** Starts so many executions of three sleeping processes with each controller; they last until its next stop. */
    void launchSleepers(List<Controller> controllers, int count) throws IOException, InterruptedException {
        observer.begin(controllers.get(0).group().folder(), Long.MAX_VALUE, false);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count * controllers.size(); i++) {
            Program sleeper = Program.bystander("sleeper-" + i, "hold mib=1 processes=2");
            controllers.get(i % controllers.size()).launch(sleeper.name(), command(sleeper, 0));
            names.add(sleeper.name());
        }
        observer.awaitJoined(names, START);
    }

    private static Set<String> names(Scenario scenario) {
        return scenario.programs().stream().map(Program::name).collect(Collectors.toSet());
    }

    private List<String> command(Program program, long roomMib) throws IOException {
        Path hog = workshop.compile("chaos/hog");
        List<String> command = new ArrayList<>(List.of(hog.toString(), "supervise"));
        if (program.kind() == Program.Language.PYTHON) {
            command.addAll(List.of("python3", workshop.unpack("chaos/hog.py").toString()));
        } else {
            command.add(hog.toString());
        }
        command.addAll(List.of(observer.socket().toString(), program.name(), program.hog() ? "h" : "b"));
        command.addAll(program.words(roomMib));
        return command;
    }

    /** Takes the memory that the run will use, so that it is this machine's when the run begins. */
    private LineProcess warmMemory() throws IOException, InterruptedException {
        LineProcess program = LineProcess.start(
                "warm",
                workshop.scratch(),
                List.of(workshop.compile("chaos/hog").toString(), "-", "-", "-", "warm", "mib=" + WARM_MIB),
                Map.of());
        program.await("warm", WARM);
        return program;
    }

    /** The next run begins where this one did, but for page cache that goes by itself. */
    private static void awaitCleared(MemoryGroup group, long before) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + CLEARED.toNanos();
        while (group.usedBytes() > before + CLEARED_BYTES && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
