/** The dashboard host: a guard behind HTTP, for a page, for scripts and for the command line. */
@NullMarked
package io.nbguard.examples.serve;

import org.jspecify.annotations.NullMarked;
