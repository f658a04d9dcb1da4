/** The dashboard host: a guard behind HTTP, for a page, for scripts and for the command line. */
@NullMarked
package io.nbguard.server;

import org.jspecify.annotations.NullMarked;
