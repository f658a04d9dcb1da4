/** Internal: what nbguard's own modules share and no plugin needs; exported to them only, and free to change. */
@NullMarked
package io.nbguard.api.internal;

import org.jspecify.annotations.NullMarked;
