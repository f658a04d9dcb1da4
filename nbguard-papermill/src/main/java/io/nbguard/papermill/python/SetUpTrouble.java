package io.nbguard.papermill.python;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Turns what pip and venv print when they fail into what happened and what to do. */
final class SetUpTrouble {

    private static final Pattern FULL = Pattern.compile("No space left on device|Disk quota exceeded");
    private static final Pattern CHANGED = Pattern.compile("DO NOT MATCH THE HASHES");
    private static final Pattern NO_FILE = Pattern.compile("No matching distribution found|from versions: none");
    private static final Pattern NETWORK = Pattern.compile(
            "Failed to establish a new connection|NewConnectionError|Name or service not known|name resolution"
                    + "|Connection (?:refused|reset|timed out)|ConnectTimeout|Read timed out|Network is unreachable"
                    + "|ProxyError|SSLError|Max retries exceeded",
            Pattern.CASE_INSENSITIVE);
    private static final String OTHERWISE =
            ", or name a Python that has papermill by " + GivenPython.PYTHON + " or " + GivenPython.VARIABLE;

    private SetUpTrouble() {}

    static String explain(List<String> lines, Path root) {
        String said = lines.stream()
                .filter(line -> line.startsWith("ERROR:") || line.startsWith("Error:"))
                .reduce((first, second) -> second)
                .or(() -> lines.stream().filter(line -> !line.isBlank()).reduce((first, second) -> second))
                .orElse("it printed nothing");
        if (matches(FULL, lines)) {
            return "the disk is full. Make room for 250 MB in " + root + ", or choose another folder by the setting "
                    + EnvironmentFolder.SETTING;
        }
        if (matches(CHANGED, lines)) {
            return "the package index serves other files than those that nbguard was tested with (" + said
                    + "). Use the public index" + OTHERWISE;
        }
        if (matches(NETWORK, lines)) {
            return "the package index cannot be reached (" + said
                    + "). Connect this machine, set pip's index or proxy (PIP_INDEX_URL, HTTPS_PROXY)" + OTHERWISE;
        }
        if (matches(NO_FILE, lines)) {
            return "the package index has no fitting file (" + said + "). Use the public index" + OTHERWISE;
        }
        return said + ". Mend that" + OTHERWISE;
    }

    private static boolean matches(Pattern pattern, List<String> lines) {
        return lines.stream().anyMatch(line -> pattern.matcher(line).find());
    }
}
