/** What is measured at one moment: node, executions, processes and the sampling loop. */
@NullMarked
package io.nbguard.api.snapshot;

import org.jspecify.annotations.NullMarked;
