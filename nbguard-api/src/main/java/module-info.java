/**
 * Values, events and service interfaces of nbguard. Needs {@code java.base} and nothing else at run time; a plugin
 * needs only this module.
 *
 * <p>{@code io.nbguard.api} and the packages below it are what a host reads and passes: one package for each subject.
 * {@code io.nbguard.spi} and the packages below it are what a plugin implements: one package for each kind of service.
 */
module io.nbguard.api {
    // Not transitive: a module that compiles against this one need not have the annotations.
    requires static com.fasterxml.jackson.annotation;
    requires static org.jspecify;

    exports io.nbguard.api;
    exports io.nbguard.api.event;
    exports io.nbguard.api.execution;
    exports io.nbguard.api.history;
    exports io.nbguard.api.measure;
    exports io.nbguard.api.resource;
    exports io.nbguard.api.schedule;
    exports io.nbguard.api.snapshot;
    exports io.nbguard.api.watchdog;
    exports io.nbguard.spi;
    exports io.nbguard.spi.device;
    exports io.nbguard.spi.executor;
    exports io.nbguard.spi.policy;
    exports io.nbguard.spi.probe;
    exports io.nbguard.spi.process;
    exports io.nbguard.spi.store;
    exports io.nbguard.api.internal to
            io.nbguard.core,
            io.nbguard.papermill,
            io.nbguard.server;
}
