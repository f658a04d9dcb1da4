/**
 * Internal: reads the node that we live in: cgroup v2, cgroup v1, or the whole machine. One probe for each; found by
 * {@code ServiceLoader}.
 */
@NullMarked
package io.nbguard.cgroup.node;

import org.jspecify.annotations.NullMarked;
