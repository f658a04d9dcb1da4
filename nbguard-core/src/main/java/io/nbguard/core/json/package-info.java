/** Internal: small JSON texts, for files that must be written when little else works. */
@NullMarked
package io.nbguard.core.json;

import org.jspecify.annotations.NullMarked;
