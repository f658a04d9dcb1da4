/** A notebook execution: what is asked, its states, its end and its record. */
@NullMarked
package io.nbguard.api.execution;

import org.jspecify.annotations.NullMarked;
