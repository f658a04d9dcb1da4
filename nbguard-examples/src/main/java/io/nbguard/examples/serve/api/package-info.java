/** The resources of the dashboard host, a class each. */
@NullMarked
package io.nbguard.examples.serve.api;

import org.jspecify.annotations.NullMarked;
