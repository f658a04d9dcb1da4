/** Internal: reading notebooks as streams: their outputs may be hundreds of megabytes. */
@NullMarked
package io.nbguard.papermill.notebook;

import org.jspecify.annotations.NullMarked;
