package io.nbguard.benchmarks.peer;

import io.nbguard.benchmarks.rig.PipedProgram;
import io.nbguard.benchmarks.rig.Rig;
import io.nbguard.benchmarks.rig.Tree;
import io.nbguard.benchmarks.rig.Workshop;
import io.nbguard.spi.UnavailableException;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All contestants, measuring the same trees. A contestant that cannot be had here is left out and says why. */
public final class Field implements AutoCloseable {

    private final EnumMap<Contestant, Monitor> monitors = new EnumMap<>(Contestant.class);
    private final EnumMap<Contestant, String> absent = new EnumMap<>(Contestant.class);

    private Field() {}

    /** Brings all contestants to the trees of {@code rig}. */
    public static Field gather(Workshop workshop, Rig rig) {
        Field field = new Field();
        List<Tree> trees = rig.trees();
        field.enter(Contestant.NBGUARD, () -> new NbguardMonitor(trees, NbguardMonitor.Mode.USAGE));
        field.enter(Contestant.NBGUARD_PURE_JAVA, () -> new NbguardMonitor(trees, NbguardMonitor.Mode.PURE_JAVA));
        field.enter(Contestant.NBGUARD_FULL, () -> new NbguardMonitor(trees, NbguardMonitor.Mode.FULL));
        field.enter(Contestant.C_CLOCK, () -> new PipedMonitor(reader(workshop, trees, 1), "clock", true));
        field.enter(Contestant.C_STAT, () -> new PipedMonitor(reader(workshop, trees, 1), "stat", true));
        field.enter(Contestant.C_FULL, () -> new PipedMonitor(reader(workshop, trees, 1), "full", true));
        field.enter(Contestant.C_CLOCK_THREADED, () -> new PipedMonitor(reader(workshop, trees, 2), "clock", true));
        field.enter(Contestant.C_STAT_THREADED, () -> new PipedMonitor(reader(workshop, trees, 2), "stat", true));
        field.enter(Contestant.PSUTIL_KNOWN, () -> new PipedMonitor(psutil(workshop, trees), "known", true));
        field.enter(Contestant.PSUTIL_SUM, () -> new PipedMonitor(psutil(workshop, trees), "sum", false));
        field.enter(Contestant.OSHI_UPDATE, () -> OshiMonitor.known(trees));
        field.enter(Contestant.OSHI_DESCENDANTS, () -> OshiMonitor.rediscovering(trees));
        field.enter(Contestant.PROCESS_HANDLE, () -> new ProcessHandleMonitor(trees, rig.pageBytes()));
        return field;
    }

    private interface Entrance {
        Monitor open() throws IOException, UnavailableException;
    }

    private void enter(Contestant contestant, Entrance entrance) {
        try {
            monitors.put(contestant, entrance.open());
        } catch (IOException | UnavailableException | IllegalStateException e) {
            absent.put(contestant, String.valueOf(e.getMessage()));
        }
    }

    private static PipedProgram reader(Workshop workshop, List<Tree> trees, int threads) throws IOException {
        String pids = trees.stream()
                .flatMap(tree -> tree.pids().stream())
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
        PipedProgram program = PipedProgram.start(
                "reader",
                workshop.scratch(),
                List.of(workshop.compile("reader").toString(), Integer.toString(threads)));
        return greet(program, "pids " + pids);
    }

    private static PipedProgram psutil(Workshop workshop, List<Tree> trees) throws IOException {
        String roots = trees.stream().map(tree -> String.valueOf(tree.root())).collect(Collectors.joining(" "));
        PipedProgram program = PipedProgram.start(
                "psutil_peer",
                workshop.scratch(),
                List.of(
                        workshop.pythonWithPsutil().toString(),
                        workshop.unpack("psutil_peer.py").toString()));
        return greet(program, "roots " + roots);
    }

    private static PipedProgram greet(PipedProgram program, String greeting) {
        try {
            String answer = program.ask(greeting);
            if (!answer.equals("ok")) {
                throw new IllegalStateException("expected ok but got: " + answer);
            }
            return program;
        } catch (IllegalStateException e) {
            program.close();
            throw e;
        }
    }

    /** Returns the contestants that are present. */
    public Set<Contestant> present() {
        return Collections.unmodifiableSet(monitors.keySet());
    }

    /** Returns the contestants that are absent, with reasons. */
    public Map<Contestant, String> absent() {
        return Collections.unmodifiableMap(absent);
    }

    /**
     * Returns the monitor of a contestant.
     *
     * @throws IllegalArgumentException if it is absent
     */
    public Monitor monitor(Contestant contestant) {
        Monitor monitor = monitors.get(contestant);
        if (monitor == null) {
            throw new IllegalArgumentException(contestant + " is absent: " + absent.get(contestant));
        }
        return monitor;
    }

    @Override
    public void close() {
        monitors.values().forEach(Monitor::close);
    }
}
