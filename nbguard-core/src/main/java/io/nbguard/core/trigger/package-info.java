/** Internal: the triggers that come with nbguard. */
@NullMarked
package io.nbguard.core.trigger;

import org.jspecify.annotations.NullMarked;
