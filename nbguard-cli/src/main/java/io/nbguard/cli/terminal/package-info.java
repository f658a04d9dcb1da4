/** The terminal that a person looks at, or the pipe that a program reads: colour, redrawing in place, keys, signals. */
@NullMarked
package io.nbguard.cli.terminal;

import org.jspecify.annotations.NullMarked;
