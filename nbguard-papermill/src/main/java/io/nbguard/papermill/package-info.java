/** The papermill executor, the Python environment it uses, and what a notebook says about itself. */
@NullMarked
package io.nbguard.papermill;

import org.jspecify.annotations.NullMarked;
