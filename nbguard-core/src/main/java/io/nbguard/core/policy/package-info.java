/** Internal: the kill policies that come with nbguard (spec C7). Each is a pure choice; chains are made by naming several. */
@NullMarked
package io.nbguard.core.policy;

import org.jspecify.annotations.NullMarked;
