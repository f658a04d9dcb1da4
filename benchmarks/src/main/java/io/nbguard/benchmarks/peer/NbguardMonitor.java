package io.nbguard.benchmarks.peer;

import io.nbguard.api.ExecutionId;
import io.nbguard.benchmarks.rig.Tree;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.process.ProcessGroup;
import io.nbguard.spi.process.ProcessTracker;
import io.nbguard.spi.process.SampleDepth;
import io.nbguard.spi.process.TrackerSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** nbguard's process tracker, with one group per tree. */
public final class NbguardMonitor extends JavaMonitor {

    /** How nbguard is set. */
    public enum Mode {
        /** Memory and processor time, as on most machines. */
        USAGE(SampleDepth.USAGE, PluginConfig.EMPTY),
        /** The same where native access is refused. */
        PURE_JAVA(SampleDepth.USAGE, new PluginConfig(Map.of("cgroup.jna", "off"))),
        /** Everything. */
        FULL(SampleDepth.FULL, PluginConfig.EMPTY);

        private final SampleDepth depth;
        private final PluginConfig configuration;

        Mode(SampleDepth depth, PluginConfig configuration) {
            this.depth = depth;
            this.configuration = configuration;
        }
    }

    private final TrackerSession session;
    private final List<ProcessGroup> groups = new ArrayList<>();
    private final SampleDepth depth;

    /**
     * Attaches to trees that are running.
     *
     * @throws IOException if a tree has gone
     * @throws UnavailableException if nbguard cannot track processes here
     */
    public NbguardMonitor(List<Tree> trees, Mode mode) throws IOException, UnavailableException {
        depth = mode.depth;
        session = treeTracker().open(mode.configuration);
        try {
            for (Tree tree : trees) {
                groups.add(session.attach(ExecutionId.random(), tree.identity()));
            }
        } catch (IOException | UnavailableException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    // The peers follow trees through /proc, so the tracker that does the same stands beside them wherever this runs.
    private static ProcessTracker treeTracker() {
        return ServiceLoader.load(ProcessTracker.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(tracker -> tracker.name().equals("nbguard-procfs"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no ProcessTracker nbguard-procfs on the class path"));
    }

    /** Returns the groups, in the order of the trees. */
    public List<ProcessGroup> groups() {
        return List.copyOf(groups);
    }

    /** Returns the tracker. */
    public TrackerSession session() {
        return session;
    }

    @Override
    public void tick() {
        session.sample(depth);
    }

    @Override
    long rssBytes() {
        long sum = 0;
        for (ProcessGroup group : groups) {
            sum += group.usage().totalRssBytes();
        }
        return sum;
    }

    @Override
    long cpuNanos() {
        long sum = 0;
        for (ProcessGroup group : groups) {
            sum += group.usage().totalCpuNanos();
        }
        return sum;
    }

    @Override
    public void close() {
        super.close();
        session.close();
    }
}
