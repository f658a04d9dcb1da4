/** What a host meets that uses the built jars. */
@NullMarked
package io.nbguard.consumer;

import org.jspecify.annotations.NullMarked;
