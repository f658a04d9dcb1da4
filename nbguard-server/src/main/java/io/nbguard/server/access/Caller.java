package io.nbguard.server.access;

/**
 * Who asks.
 *
 * @param role what they may do
 * @param address where from, an IP address
 * @param byCookie whether a browser has sent the proof by itself, so that another site may have made it ask
 */
public record Caller(Role role, String address, boolean byCookie) {}
