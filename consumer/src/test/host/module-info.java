/** A host with an executor of its own: no dependency but nbguard's core. */
module org.example.host {
    requires io.nbguard.core;

    provides io.nbguard.spi.executor.Executor with
            org.example.host.Scripts;
}
