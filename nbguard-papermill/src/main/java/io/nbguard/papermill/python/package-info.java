/** Internal: finding a Python with papermill in it, or making one. */
@NullMarked
package io.nbguard.papermill.python;

import org.jspecify.annotations.NullMarked;
