package io.nbguard.papermill.python;

import io.nbguard.spi.Setting;
import java.nio.file.Path;

/** The setting for the folder that environments are made in. */
final class EnvironmentFolder {

    static final Setting<Path> SETTING = Setting.path(
                    "papermill.venv.root", "Where nbguard's own Python environment is made.")
            .withoutIt("`$XDG_CACHE_HOME/nbguard`, else `~/.cache/nbguard`");

    private EnvironmentFolder() {}
}
