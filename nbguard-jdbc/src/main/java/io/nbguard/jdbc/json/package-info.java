/**
 * Internal: what is nested, as JSON text that gives back exactly what went in. It is another form than that of the HTTP interface
 * and of {@code --json}, which is for readers: there a field that is not known is null, times are in seconds, and parts are left
 * out. Here it is absent, times are exact, and everything is kept, for later versions to read.
 */
@NullMarked
package io.nbguard.jdbc.json;

import org.jspecify.annotations.NullMarked;
