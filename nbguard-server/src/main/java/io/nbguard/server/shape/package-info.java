/** Internal: the shapes of what the dashboard host takes and sends, as docs/http-api.md has them. */
@NullMarked
package io.nbguard.server.shape;

import org.jspecify.annotations.NullMarked;
