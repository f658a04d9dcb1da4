package io.nbguard.core.watchdog;

import io.nbguard.api.watchdog.KillScenario.Cause;

/**
 * A bound that was crossed.
 *
 * @param cause which bound
 * @param used the use that crossed it
 * @param threshold where the watchdog may act
 * @param limit what the threshold is a part of
 * @param raw the raw number behind {@code used}
 */
record Breach(Cause cause, long used, long threshold, long limit, long raw) {}
