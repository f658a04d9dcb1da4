/** Internal: the version that was built. */
@NullMarked
package io.nbguard.server.version;

import org.jspecify.annotations.NullMarked;
