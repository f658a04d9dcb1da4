/**
 * Executes notebooks with papermill, and keeps its traps away from everybody else: a pinned Python environment, exact
 * parameters, whole outputs, a supervisor that nothing of an execution survives, and evidence instead of exit codes.
 */
module io.nbguard.papermill {
    requires transitive io.nbguard.api;
    requires static org.jspecify;
    requires com.fasterxml.jackson.core;

    exports io.nbguard.papermill;

    provides io.nbguard.spi.Executor with
            io.nbguard.papermill.PapermillExecutor;
}
