/** Internal: how the guards of one user make their executions known to other JVMs: small files in a private folder. */
@NullMarked
package io.nbguard.core.announce;

import org.jspecify.annotations.NullMarked;
