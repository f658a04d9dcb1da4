package io.nbguard.core.watchdog;

import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.watchdog.KillScenario.Cause;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last rung: says when ending one execution at a time does not help, so that all must be ended at once. Only the
 * node's own limit counts, and only while its use is beyond the threshold:
 *
 * <ul>
 *   <li>two victims in a row were given up, because they did not die;
 *   <li>or a kill has been under way for a second, and use stands at {@value #LAST_MARK} of the limit all the same: the
 *       memory that is left will not last until it is given up.
 * </ul>
 *
 * <p>It orders once; only when use has been below the threshold may it order again. Sampling thread only; allocates
 * nothing until it orders.
 */
final class EmergencyRule {

    /** The part of the limit at which there is no time left for another victim. */
    static final double LAST_MARK = 0.99;

    private static final long TIMEOUT_NANOS = 1_000_000_000L;
    private static final int VICTIMS_GIVEN_UP = 2;

    private @Nullable Consumer<String> order;
    private int givenUp;
    private boolean ordered;

    /** Sets what is done with the reason; without it the rule does nothing. */
    void orders(Consumer<String> action) {
        order = action;
    }

    /** A victim is dead and its memory back: single kills do help. */
    void confirmed() {
        givenUp = 0;
    }

    /** A victim did not die in time. */
    void gaveUp(KillUnderWay kill) {
        if (kill.scenario().cause() == Cause.NODE_LIMIT) {
            givenUp++;
        }
    }

    /**
     * Looks at the node's use.
     *
     * @param kill the kill that is under way; null if none is
     */
    void look(long used, long threshold, long limit, @Nullable KillUnderWay kill, long nowNanos) {
        if (used < threshold) {
            givenUp = 0;
            ordered = false;
            return;
        }
        Consumer<String> action = order;
        if (ordered || action == null) {
            return;
        }
        if (givenUp >= VICTIMS_GIVEN_UP) {
            order(action, givenUp + " victims in a row did not die", used, limit);
        } else if (kill != null && kill.ageNanos(nowNanos) >= TIMEOUT_NANOS && used >= limit * LAST_MARK) {
            String dying = kill.victim().notebook() + " was sent SIGKILL " + kill.ageNanos(nowNanos) / 1_000_000
                    + " ms ago, and its memory does not come back";
            order(action, dying, used, limit);
        }
    }

    private void order(Consumer<String> action, String why, long used, long limit) {
        action.accept("the node holds " + ByteSize.ofBytes(used) + " of " + ByteSize.ofBytes(limit) + ", and " + why);
        // Not before: an order that could not be given (no memory for a thread) is given again at the next tick.
        ordered = true;
    }
}
