/** The facade that a host embeds: {@code NotebookGuard}. */
@NullMarked
package io.nbguard.core;

import org.jspecify.annotations.NullMarked;
