/** Internal: telling: from the threads that act to those that listen, without either waiting for the other. */
@NullMarked
package io.nbguard.core.event;

import org.jspecify.annotations.NullMarked;
