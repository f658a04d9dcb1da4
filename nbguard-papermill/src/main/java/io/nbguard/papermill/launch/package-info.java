/** Internal: starting Python, and being sure that nothing of it is left: the seam at which a warm start can take the place of a cold one. */
@NullMarked
package io.nbguard.papermill.launch;

import org.jspecify.annotations.NullMarked;
