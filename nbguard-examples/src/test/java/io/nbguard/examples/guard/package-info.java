/** Tests of the whole: the guard with real papermill, real kernels, real processes and a real memory limit. */
@NullMarked
package io.nbguard.examples.guard;

import org.jspecify.annotations.NullMarked;
