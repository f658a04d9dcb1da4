/** Text for people: tables, sizes, durations, columns on a screen. Knows nothing of terminals or notebooks. */
@NullMarked
package io.nbguard.cli.text;

import org.jspecify.annotations.NullMarked;
