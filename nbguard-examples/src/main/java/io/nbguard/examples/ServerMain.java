package io.nbguard.examples;

import io.nbguard.core.NotebookGuard;
import io.nbguard.server.GuardServer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Serves the page and the HTTP interface from a program of your own, until its standard input ends: {@code ServerMain
 * NOTEBOOKS_FOLDER TOKEN_FILE PORT}.
 */
public final class ServerMain {

    private ServerMain() {}

    /** Starts a guard with a server before it, and prints where they are. */
    public static void main(String[] arguments) throws IOException {
        Path notebooks = Path.of(arguments[0]);
        Path tokenFile = Path.of(arguments[1]);
        int port = Integer.parseInt(arguments[2]);
        try (NotebookGuard guard = NotebookGuard.builder().notebooks(notebooks).build();
                GuardServer server =
                        GuardServer.builder().port(port).tokenFile(tokenFile).start(guard)) {
            System.out.println("the page is at " + server.address() + ", the token to log in with in " + tokenFile);
            // Not server.link(), which logs its reader in: what is printed may end up in a log.
            while (System.in.read() >= 0) {}
        }
    }
}
