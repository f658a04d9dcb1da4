package io.nbguard.cli;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.cli.client.DashboardClient;
import io.nbguard.cli.client.Item;
import io.nbguard.cli.client.ServeAddress;
import io.nbguard.server.access.TokenFile;
import io.nbguard.spi.process.UserFolders;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that asks a running {@code serve}. */
final class RemoteOptions {

    /** What a parameter of such a command means that {@link #execution} reads. */
    static final String EXECUTION_MEANS = "An id, the beginning of one, or a notebook: then its latest execution.";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Where the serve is, such as http://127.0.0.1:8080. Default: the one that this user started last"
                            + " on this machine.")
    @Nullable String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "The private file with its token. Default: the one that serve uses.")
    @Nullable Path tokenFile;

    @Option(names = "--json", description = "Prints the host's answer as JSON, for scripts.")
    boolean json;

    /** Made by picocli. */
    RemoteOptions() {}

    /** Returns the folder for nbguard's own private files: {@code $XDG_CONFIG_HOME/nbguard}, else {@code ~/.config/nbguard}. */
    static Path privateFolder() {
        return UserFolders.ofThisProcess().config().resolve("nbguard");
    }

    /**
     * Returns a client of the serve that is meant.
     *
     * @throws GuardException if none is known, or its token cannot be read
     */
    DashboardClient client() {
        Optional<ServeAddress> known =
                url != null && tokenFile != null ? Optional.empty() : ServeAddress.read(privateFolder());
        String address = url != null
                ? url
                : known.map(ServeAddress::url)
                        .orElseThrow(() -> new GuardException(
                                ErrorCode.ENVIRONMENT,
                                "no nbguard serve of this user runs here: start one with 'nbguard serve', or say with"
                                        + " --url where it is"));
        Path file = tokenFile != null
                ? tokenFile
                : known.map(ServeAddress::tokenFile)
                        .orElseGet(() -> privateFolder().resolve("token"));
        try {
            return new DashboardClient(address, TokenFile.read(file));
        } catch (NoSuchFileException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "there is no token in " + file + ": say with --token-file where serve has it",
                    e);
        } catch (IOException e) {
            throw new GuardException(ErrorCode.ENVIRONMENT, "the token file " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * Returns the execution that the user names by its id, the beginning of it, or the name of its notebook (then its
     * latest).
     *
     * @throws GuardException (NOT_FOUND) if there is none; (INVALID_REQUEST) if there are several
     */
    static Item execution(DashboardClient client, String meant) throws InterruptedException {
        List<Item> all = DashboardClient.items(client.get("/api/v1/executions?limit=1000"));
        List<Item> found =
                all.stream().filter(item -> item.text("id").startsWith(meant)).toList();
        if (found.size() > 1 && found.stream().noneMatch(item -> item.text("id").equals(meant))) {
            throw Usage.wrong("'" + meant + "' begins the ids of " + found.size() + " executions: give more of it");
        }
        return found.stream()
                .filter(item -> item.text("id").equals(meant) || found.size() == 1)
                .findFirst()
                .or(() -> all.stream()
                        .filter(item -> item.text("notebook").equals(meant))
                        .findFirst())
                .orElseThrow(() -> new GuardException(
                        ErrorCode.NOT_FOUND,
                        "no execution '" + meant + "': expected an id as 'nbguard history' shows it, or a notebook that"
                                + " was run"));
    }
}
