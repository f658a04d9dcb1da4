/** Internal: opening the parts of a guard, and closing them in the reverse order. */
@NullMarked
package io.nbguard.core.assembly;

import org.jspecify.annotations.NullMarked;
