/**
 * Measures and tracks on Linux: cgroup v2 and v1, {@code /proc}, signals. Used through {@code io.nbguard.spi}; only what
 * a person wants to know about the machine beforehand is exported.
 */
module io.nbguard.cgroup {
    requires io.nbguard.api;
    requires static org.jspecify;
    requires com.sun.jna;

    exports io.nbguard.cgroup;

    provides io.nbguard.spi.process.ProcessTracker with
            io.nbguard.cgroup.leaf.LeafTracker,
            io.nbguard.cgroup.process.ProcTracker;
    provides io.nbguard.spi.probe.ResourceProbe with
            io.nbguard.cgroup.node.Cgroup2Probe,
            io.nbguard.cgroup.node.Cgroup1Probe,
            io.nbguard.cgroup.node.HostProbe;
}
