package io.nbguard.core.plugin;

import java.util.Optional;
import java.util.regex.Pattern;

/** What a plugin may be called. */
final class PluginNames {

    static final String OURS = "nbguard-";

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final String OUR_PACKAGES = "io.nbguard.";

    private PluginNames() {}

    /** Returns what is wrong with {@code name} for a plugin of class {@code className}, if anything is. */
    static Optional<String> problem(String name, String className) {
        if (!FORM.matcher(name).matches()) {
            return Optional.of(
                    "its name '" + name
                            + "' is malformed: expected 1 to 64 lower-case letters, digits and '-', beginning with a letter or digit");
        }
        if (name.startsWith(OURS) && !className.startsWith(OUR_PACKAGES)) {
            return Optional.of(
                    "its name '" + name + "' begins with '" + OURS + "', which is reserved for nbguard's own");
        }
        return Optional.empty();
    }

    /** Returns whether {@code asked} means the plugin called {@code name}: ours may be called without their prefix. */
    static boolean means(String asked, String name) {
        return asked.equals(name)
                || name.startsWith(OURS) && name.substring(OURS.length()).equals(asked);
    }
}
