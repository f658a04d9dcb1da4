/** Kill policies: which execution the watchdog ends. */
@NullMarked
package io.nbguard.spi.policy;

import org.jspecify.annotations.NullMarked;
