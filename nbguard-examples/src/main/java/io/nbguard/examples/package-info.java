/** Small programs that embed nbguard, one idea each. */
@NullMarked
package io.nbguard.examples;

import org.jspecify.annotations.NullMarked;
