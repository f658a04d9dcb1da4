/** Internal: how the dashboard host speaks HTTP: routes, requests, refusals and the gate that every request goes through. */
@NullMarked
package io.nbguard.server.http;

import org.jspecify.annotations.NullMarked;
