package io.nbguard.examples;

import io.nbguard.core.NotebookGuard;
import io.nbguard.server.GuardServer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Serves the page and the HTTP interface from a program of your own, until its standard input ends: {@code ServerMain
 * NOTEBOOKS_FOLDER TOKEN_FILE}.
 */
public final class ServerMain {

    private ServerMain() {}

    /** Starts a guard with a server before it, and prints where they are. */
    public static void main(String[] arguments) throws IOException {
        try (NotebookGuard guard =
                        NotebookGuard.builder().notebooks(Path.of(arguments[0])).build();
                GuardServer server = GuardServer.builder()
                        .port(0)
                        .tokenFile(Path.of(arguments[1]))
                        .start(guard)) {
            // Not server.link(), which logs its reader in: what is printed may end up in a log.
            System.out.println("the page is at " + server.address() + ", the token to log in with in " + arguments[1]);
            while (System.in.read() >= 0) {}
        }
    }
}
