/** Internal: access control of the dashboard host: tokens, roles, allowed hosts, rates. */
@NullMarked
package io.nbguard.server.access;

import org.jspecify.annotations.NullMarked;
