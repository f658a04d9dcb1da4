/** What the watchdog does and why: rungs, candidates, kills, and how safe this machine is. */
@NullMarked
package io.nbguard.api.watchdog;

import org.jspecify.annotations.NullMarked;
