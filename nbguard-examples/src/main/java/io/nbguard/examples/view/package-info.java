/** How snapshots, executions and events look to a person. */
@NullMarked
package io.nbguard.examples.view;

import org.jspecify.annotations.NullMarked;
