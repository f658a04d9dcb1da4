package io.nbguard.spi.process;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where this user's files go: by the environment variables of the XDG Base Directory Specification, below the home folder
 * otherwise. That is {@code $HOME}, as for every program of a shell, and only without it the one that Java has found in the
 * password file. As in the specification, what is no absolute path counts as not set.
 *
 * @param environment environment variables
 * @param javaHome what Java takes for the home folder ({@code user.home}); for a user who is not in the password file that is
 *     {@code ?}, which is no folder
 */
public record UserFolders(Map<String, String> environment, String javaHome) {

    /** Returns those of this process. */
    public static UserFolders ofThisProcess() {
        return new UserFolders(System.getenv(), System.getProperty("user.home", ""));
    }

    /**
     * Returns the home folder.
     *
     * @throws GuardException (ENVIRONMENT) if there is none
     */
    public Path home() {
        return home("set HOME");
    }

    /**
     * Returns the folder for what can be made again: {@code $XDG_CACHE_HOME}, else {@code ~/.cache}.
     *
     * @throws GuardException (ENVIRONMENT) if there is neither
     */
    public Path cache() {
        return folder("XDG_CACHE_HOME", ".cache");
    }

    /**
     * Returns the folder for what a person sets: {@code $XDG_CONFIG_HOME}, else {@code ~/.config}.
     *
     * @throws GuardException (ENVIRONMENT) if there is neither
     */
    public Path config() {
        return folder("XDG_CONFIG_HOME", ".config");
    }

    private Path folder(String variable, String belowHome) {
        String given = environment.getOrDefault(variable, "");
        return given.startsWith("/")
                ? Path.of(given)
                : home("set HOME, or " + variable).resolve(belowHome);
    }

    private Path home(String cure) {
        String given = environment.getOrDefault("HOME", "");
        String home = given.startsWith("/") ? given : javaHome;
        if (!home.startsWith("/")) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "this user has no home folder: HOME is not set to an absolute path, and the password file names none; "
                            + cure);
        }
        return Path.of(home);
    }
}
