package io.nbguard.server.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which names the host answers to. A page of another site can have its own name resolve to 127.0.0.1 (DNS rebinding), and
 * would then be of our origin: but the browser sends the name. An IP address cannot be made to resolve elsewhere, so
 * where the host is reachable from outside, every address is one of ours.
 */
public final class AllowedHosts {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> names = new LinkedHashSet<>(LOOPBACK);
    private final boolean anyAddress;

    /**
     * Makes it.
     *
     * @param bound the address or name that the server is bound to
     * @param further names of a proxy or of this machine
     */
    public AllowedHosts(String bound, List<String> further) {
        String own = bracketed(bound.toLowerCase(Locale.ROOT));
        names.add(own);
        further.forEach(name -> names.add(bracketed(name.toLowerCase(Locale.ROOT))));
        anyAddress = !LOOPBACK.contains(own);
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** Returns whether this value of the header {@code Host} is one of ours; any port is. */
    public boolean allows(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return false;
        }
        String host = withoutPort(header.strip().toLowerCase(Locale.ROOT));
        return names.contains(host) || (anyAddress && isAddress(host));
    }

    /** Returns the names, for a message. */
    public String describe() {
        return String.join(", ", names) + (anyAddress ? ", or an IP address" : "");
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static boolean isAddress(String host) {
        return host.matches("\\d{1,3}(\\.\\d{1,3}){3}") || host.matches("\\[[0-9a-f:.]+]");
    }
}
