/**
 * What a plugin implements; each kind of service has a package of its own: {@code executor}, {@code process}, {@code probe},
 * {@code device}, {@code policy}, {@code store}; triggers are beside them.
 *
 * <p>Every service is found by {@link java.util.ServiceLoader}, has a public no-arg constructor, keeps no state of its own,
 * and gives its state back from a call: a probe opens a session, an executor returns a launched execution. Names beginning
 * with {@code nbguard-} belong to nbguard; two plugins of one kind and name are an error.
 */
@NullMarked
package io.nbguard.spi;

import org.jspecify.annotations.NullMarked;
