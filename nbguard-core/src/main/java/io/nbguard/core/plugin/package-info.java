/** Finding plugins by {@link java.util.ServiceLoader}, and refusing those that break the rules. */
@NullMarked
package io.nbguard.core.plugin;

import org.jspecify.annotations.NullMarked;
