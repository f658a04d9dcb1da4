package io.nbguard.server.access;

/**
 * An authenticated caller.
 *
 * @param role what they may do
 * @param address where from, an IP address
 * @param byCookie whether the browser added the credential by itself, so that another site may have caused the request
 */
public record Caller(Role role, String address, boolean byCookie) {}
