/** Executors: what runs a notebook, here or on another machine. */
@NullMarked
package io.nbguard.spi.executor;

import org.jspecify.annotations.NullMarked;
