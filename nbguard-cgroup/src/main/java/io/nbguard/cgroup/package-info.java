/** What a host may ask about the machine it is on. */
@NullMarked
package io.nbguard.cgroup;

import org.jspecify.annotations.NullMarked;
