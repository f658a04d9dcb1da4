/** Internal: how the processes of an execution are ended, for all who end them. */
@NullMarked
package io.nbguard.core.process;

import org.jspecify.annotations.NullMarked;
