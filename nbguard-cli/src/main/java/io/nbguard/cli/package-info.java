/** The {@code nbguard} command: {@code run}, {@code demo}, {@code top}, {@code doctor}. */
@NullMarked
package io.nbguard.cli;

import org.jspecify.annotations.NullMarked;
