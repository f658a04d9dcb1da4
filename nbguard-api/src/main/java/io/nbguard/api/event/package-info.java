/** Events of a guard, and who listens to them. */
@NullMarked
package io.nbguard.api.event;

import org.jspecify.annotations.NullMarked;
