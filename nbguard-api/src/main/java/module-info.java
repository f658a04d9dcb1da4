/**
 * Values, events and service interfaces of nbguard. Needs {@code java.base} and nothing else at run time; a plugin
 * needs only this module.
 *
 * <p>{@code io.nbguard.api} is what a host reads and passes, {@code io.nbguard.api.resource} the limits
 * and devices in it; {@code io.nbguard.spi} is what a plugin implements.
 */
module io.nbguard.api {
    // Not transitive: a module that compiles against this one need not have the annotations.
    requires static com.fasterxml.jackson.annotation;
    requires static org.jspecify;

    exports io.nbguard.api;
    exports io.nbguard.api.measure;
    exports io.nbguard.api.resource;
    exports io.nbguard.spi;
    exports io.nbguard.api.internal to
            io.nbguard.core,
            io.nbguard.papermill,
            io.nbguard.server;
}
