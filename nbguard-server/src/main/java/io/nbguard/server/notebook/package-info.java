/** Internal: what the dashboard host reads from notebook files: parameters, printed text, a rendered view; none of it is ever run. */
@NullMarked
package io.nbguard.server.notebook;

import org.jspecify.annotations.NullMarked;
