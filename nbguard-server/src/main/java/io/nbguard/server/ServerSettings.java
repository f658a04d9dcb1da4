package io.nbguard.server;

import io.nbguard.server.access.Tokens;
import java.util.List;

/**
 * The address of a server, and its tokens.
 *
 * @param host the address or name that it is bound to
 * @param port its port; 0 for any that is free
 * @param allowedHosts further names that it answers to
 * @param tokens the secrets of its callers
 * @param limits what it puts up with
 */
record ServerSettings(String host, int port, List<String> allowedHosts, Tokens tokens, Limits limits) {

    /** Keeps its own copy of the list. */
    ServerSettings {
        allowedHosts = List.copyOf(allowedHosts);
    }

    /**
     * What a host puts up with.
     *
     * @param streams how many streams may be open
     * @param looksPerSecond how often a caller may look in the long run; ten times that at once
     * @param changesPerSecond how often a caller may ask for a change in the long run; ten times that at once
     * @param largestBody how many bytes a request's body may have
     * @param failuresPerSecond how often an address may come with a token that is not valid in the long run, and ten times as
     *     often with none; twenty times that at once
     */
    record Limits(
            int streams, double looksPerSecond, double changesPerSecond, int largestBody, double failuresPerSecond) {

        /** 64 streams, 300 looks and 10 changes a second, bodies of 1 MiB, a wrong token a second. */
        static final Limits USUAL = new Limits(64, 300, 10, 1 << 20);

        /** One wrong token a second. */
        Limits(int streams, double looksPerSecond, double changesPerSecond, int largestBody) {
            this(streams, looksPerSecond, changesPerSecond, largestBody, 1);
        }
    }
}
