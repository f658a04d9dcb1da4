/** How snapshots, executions and events look to a person. */
@NullMarked
package io.nbguard.cli.view;

import org.jspecify.annotations.NullMarked;
