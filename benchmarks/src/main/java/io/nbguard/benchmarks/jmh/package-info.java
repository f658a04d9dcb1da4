/** JMH benchmarks of single steps. */
@NullMarked
package io.nbguard.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
