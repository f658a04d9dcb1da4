package io.nbguard.core.sampling;

import java.util.Set;

/** Has a test make the ticks of a guard's loop, in time that the test moves. */
public final class TicksByHand {

    private static final Set<String> BY_THEMSELVES = Set.of(SamplerThread.class.getName(), StallWatch.class.getName());

    private TicksByHand() {}

    /** Makes one; returns the nanoseconds until the next is due. */
    public static long tick(SamplingLoop loop) {
        return loop.tick();
    }

    /** Returns whether a thread factory is asked for a thread that would make ticks by itself. */
    public static boolean isAskedForSampler() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> BY_THEMSELVES.contains(frame.getClassName())));
    }
}
