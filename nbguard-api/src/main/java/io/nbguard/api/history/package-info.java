/** What is kept of past executions, and questions about it. */
@NullMarked
package io.nbguard.api.history;

import org.jspecify.annotations.NullMarked;
