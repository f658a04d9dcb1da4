/** A kill policy as a third party would write it: needs nbguard-api only, and is found by {@code ServiceLoader}. */
@NullMarked
package io.nbguard.examples.policy;

import org.jspecify.annotations.NullMarked;
