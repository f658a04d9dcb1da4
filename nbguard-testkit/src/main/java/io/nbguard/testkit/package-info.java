/** Stand-ins for what plugins talk to. */
@NullMarked
package io.nbguard.testkit;

import org.jspecify.annotations.NullMarked;
