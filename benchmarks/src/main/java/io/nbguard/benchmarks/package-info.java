/** What a tick costs, beside what others pay for the same numbers. */
@NullMarked
package io.nbguard.benchmarks;

import org.jspecify.annotations.NullMarked;
