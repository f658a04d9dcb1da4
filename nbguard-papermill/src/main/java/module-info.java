/**
 * Executes notebooks with papermill, and works around papermill's defects: a pinned Python environment, exact parameters,
 * whole outputs, a supervisor that ends every process of an execution, and evidence instead of exit codes.
 */
module io.nbguard.papermill {
    requires transitive io.nbguard.api;
    requires static org.jspecify;
    requires com.fasterxml.jackson.core;

    exports io.nbguard.papermill;

    provides io.nbguard.spi.executor.Executor with
            io.nbguard.papermill.PapermillExecutor;
}
