package io.nbguard.papermill;

import io.nbguard.api.GuardException;
import io.nbguard.papermill.python.PythonFinder;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** The Python that runs notebooks, made ready ahead of the first run. */
public final class PythonEnvironments {

    private PythonEnvironments() {}

    /**
     * Returns the interpreter that executions use which name none: the setting {@code papermill.python}, else the
     * environment variable {@code NBGUARD_PYTHON}, else that of nbguard's own environment, which is made first if it is not
     * there (it takes a minute and network access, once) in {@code ${XDG_CACHE_HOME:-~/.cache}/nbguard} or the folder of
     * the setting {@code papermill.venv.root}. May be called by any thread and any number of JVMs at a time.
     *
     * @param configuration the guard's settings, by name
     * @param progress takes what is going on, a line at a time, on this thread
     * @throws GuardException {@code ENVIRONMENT} if there is none and none can be made; the message says what to do
     * @throws InterruptedException if this thread is interrupted; nothing half-made is left
     */
    public static Path prepare(PluginConfig configuration, Consumer<String> progress) throws InterruptedException {
        return new PythonFinder().find(Optional.empty(), configuration, progress);
    }
}
