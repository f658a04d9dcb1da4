/** The dashboard's page in a real browser: against the real host with real papermill, and against canned answers. */
@NullMarked
package io.nbguard.server.page;

import org.jspecify.annotations.NullMarked;
