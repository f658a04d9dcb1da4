/** Internal: live streams of the dashboard host: one broadcaster, a bounded mailbox for each reader. */
@NullMarked
package io.nbguard.server.stream;

import org.jspecify.annotations.NullMarked;
