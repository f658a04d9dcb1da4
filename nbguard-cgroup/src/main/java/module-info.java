/** Measures and tracks on Linux: cgroup v2 and v1, {@code /proc}, signals. Used through {@code io.nbguard.spi} only. */
module io.nbguard.cgroup {
    requires io.nbguard.api;
    requires static org.jspecify;
    requires com.sun.jna;
}
