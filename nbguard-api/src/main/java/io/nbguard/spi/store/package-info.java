/** History stores: where executions, schedules and usage are kept. */
@NullMarked
package io.nbguard.spi.store;

import org.jspecify.annotations.NullMarked;
