package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.cli.terminal.Interruption;
import io.nbguard.cli.terminal.LiveRegion;
import io.nbguard.cli.terminal.Terminal;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import io.nbguard.papermill.PythonEnvironments;
import io.nbguard.spi.PluginConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes Python ready before anything runs, so that the minute which the first use takes is neither a surprise nor part of an
 * execution's timeout.
 */
final class PythonPreparation {

    private PythonPreparation() {}

    /**
     * Makes it ready, and returns the settings with it.
     *
     * @param settings the settings that hold
     * @param shown takes what is going on, if anything is
     * @throws GuardException with code ENVIRONMENT if there is none and none can be made
     * @throws InterruptedException if a signal came meanwhile; nothing half-made is left
     */
    static PluginConfig prepare(PluginConfig settings, Terminal shown, Interruption interruption)
            throws InterruptedException {
        Thread preparing = Thread.currentThread();
        try (LiveRegion region = new LiveRegion(shown)) {
            Path interpreter = interruption.during(
                    Interruption.Stoppable.once(preparing::interrupt),
                    () -> PythonEnvironments.prepare(settings, line -> {
                        if (shown.redraws()) {
                            region.show(List.of(Line.of("· " + line, Style.FAINT)));
                        } else {
                            region.print(Line.of("· " + line, Style.FAINT));
                        }
                    }));
            return SettingOptions.withPython(settings, interpreter);
        }
    }
}
