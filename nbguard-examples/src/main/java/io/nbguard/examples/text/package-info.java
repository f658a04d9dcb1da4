/** Text for people: tables, sizes, durations, columns on a screen. Knows nothing of terminals or notebooks. */
@NullMarked
package io.nbguard.examples.text;

import org.jspecify.annotations.NullMarked;
