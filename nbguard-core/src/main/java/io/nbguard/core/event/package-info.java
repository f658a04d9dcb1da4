/** Internal: events: from the threads that act to the listeners' threads, without either waiting for the other. */
@NullMarked
package io.nbguard.core.event;

import org.jspecify.annotations.NullMarked;
