/**
 * Resources of an execution as values: what is asked ({@link io.nbguard.api.resource.ResourceSpec}), what there is ({@link
 * io.nbguard.api.resource.Capacity}) and what was given ({@link io.nbguard.api.resource.Allocation}). Every text form of a limit is read here.
 */
@NullMarked
package io.nbguard.api.resource;

import org.jspecify.annotations.NullMarked;
