/** Values with a unit, and readings of them that may be unlimited or unknown. */
@NullMarked
package io.nbguard.api.measure;

import org.jspecify.annotations.NullMarked;
