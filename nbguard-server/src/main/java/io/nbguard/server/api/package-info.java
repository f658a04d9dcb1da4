/** Internal: the resources of the dashboard host, a class each. */
@NullMarked
package io.nbguard.server.api;

import org.jspecify.annotations.NullMarked;
