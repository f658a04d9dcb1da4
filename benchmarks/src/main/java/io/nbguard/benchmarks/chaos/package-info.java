/** The chaos bench: hogs of many kinds against nbguard and its peers, in a real memory control group, watched from outside. */
@NullMarked
package io.nbguard.benchmarks.chaos;

import org.jspecify.annotations.NullMarked;
