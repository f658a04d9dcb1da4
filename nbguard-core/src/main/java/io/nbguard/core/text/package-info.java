/** What messages are made of. */
@NullMarked
package io.nbguard.core.text;

import org.jspecify.annotations.NullMarked;
