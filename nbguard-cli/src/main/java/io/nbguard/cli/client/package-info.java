/** How commands talk to a {@code serve} that runs elsewhere on this machine, or beyond. */
@NullMarked
package io.nbguard.cli.client;

import org.jspecify.annotations.NullMarked;
