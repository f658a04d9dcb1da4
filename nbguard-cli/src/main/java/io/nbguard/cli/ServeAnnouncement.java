package io.nbguard.cli;

import io.nbguard.api.GuardException;
import io.nbguard.cli.client.ServeAddress;
import io.nbguard.cli.text.Line;
import io.nbguard.cli.text.Style;
import io.nbguard.server.GuardServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;

/** Says to people and other commands where a serve is; the latter for as long as it runs. */
final class ServeAnnouncement implements AutoCloseable {

    private final Surroundings surroundings;
    private final String host;
    private final ServeAddress address;
    private final Optional<Path> folder;

    private ServeAnnouncement(Surroundings surroundings, String host, ServeAddress address, Optional<Path> folder) {
        this.surroundings = surroundings;
        this.host = host;
        this.address = address;
        this.folder = folder;
    }

    /**
     * Writes the private file that other commands read.
     *
     * @param host what the server is bound to
     * @param url where it is, as seen from this machine
     */
    static ServeAnnouncement make(Surroundings surroundings, String host, URI url, Path tokenFile) {
        ServeAddress address = new ServeAddress(
                url.toString(), tokenFile, ProcessHandle.current().pid());
        Optional<Path> folder = Optional.empty();
        try {
            folder = Optional.of(RemoteOptions.privateFolder());
            address.write(folder.get());
        } catch (IOException | GuardException e) {
            warn(surroundings, "other commands will not find this host (" + e.getMessage() + "): use --url with them");
        }
        return new ServeAnnouncement(surroundings, host, address, folder);
    }

    private static void warn(Surroundings surroundings, String text) {
        surroundings.err().print(Line.of("! ", Style.WARNING).plus(text));
    }

    /**
     * Prints the links; a token stands behind {@code #}, which browsers do not send. Output to a file or a log instead of a
     * terminal has no token in it, but says where it is.
     *
     * @param always whether the links have their tokens wherever the output goes
     */
    void tell(GuardServer server, Optional<Path> viewerFile, boolean always) {
        if (!isLoopback()) {
            warn(
                    surroundings,
                    "listening on " + host
                            + ": tokens and data travel as plain text. Put a proxy with TLS before it, and"
                            + " name that with --allow-host.");
        }
        if (always || surroundings.out().redraws()) {
            link("Open  ", server.link());
            server.viewerLink().ifPresent(link -> link("To look only  ", link));
            surroundings
                    .out()
                    .print(Line.of("Token file  ").plus(address.tokenFile().toString(), Style.FAINT));
        } else {
            link("Open  ", server.address().resolve("/"));
            surroundings.out().print(Line.of("The token to log in with is in " + address.tokenFile()));
            viewerFile.ifPresent(file -> surroundings.out().print(Line.of("The token to look only is in " + file)));
        }
        surroundings.out().print(Line.of("Ctrl-C ends it.", Style.FAINT));
    }

    private void link(String words, URI link) {
        surroundings.out().print(Line.of(words).plus(link.toString(), Style.ACCENT));
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            if (folder.isPresent()) {
                address.remove(folder.get());
            }
        } catch (IOException e) {
            // It names a host that does not answer any more, and the next one writes over it.
        }
    }
}
