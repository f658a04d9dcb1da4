package io.nbguard.server;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.core.NotebookGuard;
import io.nbguard.server.access.TokenFile;
import io.nbguard.server.access.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link GuardServer}; each is optional. A setter throws {@code IllegalArgumentException}, with the value and what
 * was expected, for a value that is not possible, {@code GuardException} (INVALID_REQUEST) if both tokens are the same, and
 * {@code NullPointerException} for null. For one thread.
 */
public final class GuardServerBuilder {

    private static final int LAST_PORT = 65_535;

    private final List<String> allowedHosts = new ArrayList<>();
    private String host = "127.0.0.1";
    private int port = 8080;
    private @Nullable String operator;
    private @Nullable String viewer;
    private @Nullable Path logins;

    GuardServerBuilder() {}

    /**
     * Sets the address or name to listen on. Beyond this machine, as with {@code 0.0.0.0}, tokens and data travel as plain text:
     * put a proxy with TLS before it, and name that with {@link #allowHost}. Default {@code 127.0.0.1}.
     */
    public GuardServerBuilder host(String address) {
        host = notBlank("host", address);
        return this;
    }

    /** Sets the port to listen on, 0 to 65535; 0 takes one that is free. Default 8080. */
    public GuardServerBuilder port(int number) {
        if (number < 0 || number > LAST_PORT) {
            throw new IllegalArgumentException("port " + number + " is no port: expected 0 to " + LAST_PORT);
        }
        port = number;
        return this;
    }

    /**
     * Adds a host name that requests may be for, such as that of a proxy. Requests for any other name than {@code localhost}, the
     * address that is listened on, and these are refused: a name that was made to lead to this machine is no way in.
     */
    public GuardServerBuilder allowHost(String name) {
        allowedHosts.add(notBlank("allowed host", name));
        return this;
    }

    /**
     * Sets the token of those who may do everything: 16 to 512 visible ASCII characters. Default: a random one for each start,
     * which {@link GuardServer#link} contains.
     */
    public GuardServerBuilder operatorToken(String token) {
        operator = checked("operators'", token);
        logins = null;
        return differing();
    }

    /** Sets the token of those who may only look: 16 to 512 visible ASCII characters. Default: there is none. */
    public GuardServerBuilder viewerToken(String token) {
        viewer = checked("viewers'", token);
        return differing();
    }

    /**
     * Takes the operators' token from a private file, which is made with a random token if it is not there. Logins of browsers
     * are then kept beside it, in {@code FILE.logins}, and outlast the server; otherwise they end with it.
     *
     * @throws GuardException (ENVIRONMENT) if the file cannot be read or made; (INVALID_REQUEST) if others can read it, or what
     *     is in it is no token
     */
    public GuardServerBuilder tokenFile(Path file) {
        Path absolute = file.toAbsolutePath();
        operator = TokenFile.readOrMake(absolute);
        logins = absolute.resolveSibling(absolute.getFileName() + ".logins");
        return differing();
    }

    /**
     * Takes the viewers' token from a private file, which is made with a random token if it is not there.
     *
     * @throws GuardException as {@link #tokenFile}
     */
    public GuardServerBuilder viewerTokenFile(Path file) {
        viewer = TokenFile.readOrMake(file.toAbsolutePath());
        return differing();
    }

    /**
     * Starts a server of a guard. The port is open when this returns. The server does not own the guard: close the server first.
     *
     * @throws GuardException (ENVIRONMENT) if the port cannot be opened
     */
    public GuardServer start(NotebookGuard guard) {
        Objects.requireNonNull(guard, "guard");
        Tokens tokens = new Tokens(
                operator == null ? TokenFile.random() : operator,
                Optional.ofNullable(viewer),
                Optional.ofNullable(logins));
        return GuardServer.start(
                guard, new ServerSettings(host, port, allowedHosts, tokens, ServerSettings.Limits.USUAL));
    }

    private GuardServerBuilder differing() {
        if (viewer != null && viewer.equals(operator)) {
            throw new GuardException(
                    ErrorCode.INVALID_REQUEST, "the viewers' token is the operators': expected another one");
        }
        return this;
    }

    private static String checked(String whose, String token) {
        if (!TokenFile.isToken(token)) {
            throw new IllegalArgumentException("the " + whose + " token is none: expected " + TokenFile.EXPECTED
                    + ", not " + token.length() + " characters");
        }
        return token;
    }

    private static String notBlank(String what, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("the " + what + " is blank: expected an address or a name");
        }
        return text;
    }
}
