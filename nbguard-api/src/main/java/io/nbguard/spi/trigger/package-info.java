/** Triggers: when a schedule fires. */
@NullMarked
package io.nbguard.spi.trigger;

import org.jspecify.annotations.NullMarked;
