package io.nbguard.spi.executor;

/**
 * What came of a stop.
 *
 * @param kind which of the three
 * @param why for a person, what the engine said or did not; empty for {@link Kind#GONE}
 */
public record StopAnswer(Kind kind, String why) {

    /** Nothing of the execution is alive. */
    public static final StopAnswer GONE = new StopAnswer(Kind.GONE, "");

    /** The three answers to a stop. */
    public enum Kind {
        /** Nothing of it is alive. */
        GONE,
        /** The engine could not be asked: the execution may go on. Core asks again. */
        UNREACHABLE,
        /** The engine was asked and does not do it, as where a permission is missing. Core says so and asks again, later. */
        REFUSED
    }

    /** Returns the answer where the engine could not be asked. */
    public static StopAnswer unreachable(String why) {
        return new StopAnswer(Kind.UNREACHABLE, why);
    }

    /** Returns the answer of an engine that does not do it. */
    public static StopAnswer refused(String why) {
        return new StopAnswer(Kind.REFUSED, why);
    }
}
