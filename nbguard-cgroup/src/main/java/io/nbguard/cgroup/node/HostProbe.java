package io.nbguard.cgroup.node;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.probe.ProbeSession;
import io.nbguard.spi.probe.ResourceProbe;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Reads the whole machine from {@code /proc}: the last resort, for where no cgroup bounds us. */
public final class HostProbe implements ResourceProbe {

    private final Path root;
    private final LongSupplier nanoTime;

    /** Makes the probe of this machine. */
    public HostProbe() {
        this(Path.of("/"));
    }

    /**
     * Makes a probe of a tree of files.
     *
     * @param root what stands for {@code /}
     */
    public HostProbe(Path root) {
        this(root, System::nanoTime);
    }

    HostProbe(Path root, LongSupplier nanoTime) {
        this.root = root;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return "nbguard-host";
    }

    @Override
    public int preference() {
        return 100;
    }

    @Override
    public ProbeSession open(PluginConfig configuration) throws UnavailableException {
        HostSession session = new HostSession(root.resolve("proc"), new WatchedFile.Desk(nanoTime));
        String trouble = session.trouble();
        if (!trouble.isEmpty()) {
            session.close();
            throw new UnavailableException(trouble, "mount /proc, and let this process read /proc/meminfo");
        }
        return session;
    }
}
