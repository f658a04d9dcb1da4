/** Internal: one papermill run: its command, parameters, progress, and what became of it. */
@NullMarked
package io.nbguard.papermill.run;

import org.jspecify.annotations.NullMarked;
