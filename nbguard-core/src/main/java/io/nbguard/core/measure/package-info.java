/** Internal: what the node and each execution use: probes, process trees, and the numbers made of their readings. */
@NullMarked
package io.nbguard.core.measure;

import org.jspecify.annotations.NullMarked;
