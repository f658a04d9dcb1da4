/** Internal: who may ask the dashboard host for what: tokens, roles, allowed hosts, rates. */
@NullMarked
package io.nbguard.server.access;

import org.jspecify.annotations.NullMarked;
