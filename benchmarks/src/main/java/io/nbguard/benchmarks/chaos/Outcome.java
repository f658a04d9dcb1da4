package io.nbguard.benchmarks.chaos;

import io.nbguard.benchmarks.chaos.Observation.Seen;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One run, and what is to be thought of it.
 *
 * @param scenario what happened
 * @param observation what was seen from outside
 * @param controllerAlive whether the controller was alive at the end
 * @param endings how the executions ended, in the controller's words
 * @param groupsLeft how many control groups of executions were still there when all had ended
 */
record Outcome(
        Scenario scenario,
        Observation observation,
        boolean controllerAlive,
        Map<String, String> endings,
        int groupsLeft) {

    /** The observer, the guardian and the kernel see kernel memory and per-processor reserves at slightly different times. */
    private static final long TOLERANCE_BYTES = 16L << 20;

    /** Nothing inside of the machine holds the observer up for so long. */
    private static final long STANDING_STILL_NANOS = 5_000_000L;

    private static final String BY_WATCHDOG = "WATCHDOG_MEMORY";

    /** Returns the first sentence of each execution that was to die, in their order. */
    private List<Seen> firstSentences() {
        Map<String, Seen> first = new HashMap<>();
        for (Seen process : observation.processes()) {
            if (process.sentencedNanos() != Observation.NEVER) {
                first.merge(process.execution(), process, (a, b) -> a.sentencedNanos() <= b.sentencedNanos() ? a : b);
            }
        }
        return first.values().stream()
                .sorted(Comparator.comparingLong(Seen::sentencedNanos))
                .toList();
    }

    /** Returns those of them that a guardian passed. */
    private List<Seen> sentences() {
        return firstSentences().stream().filter(process -> !process.byKernel()).toList();
    }

    /** Returns how many executions were ended that were not to blame, by the guardian or by the kernel. */
    long wrongVictims() {
        return scenario.isBenign()
                ? 0
                : ended().filter(execution -> !scenario.mayDie().contains(execution))
                        .count();
    }

    /** Returns the executions that were ended, by the record where the observer missed it. */
    private Stream<String> ended() {
        return wasMissed()
                ? endings.keySet().stream().filter(execution -> BY_WATCHDOG.equals(endings.get(execution)))
                : firstSentences().stream().map(Seen::execution);
    }

    /** Returns how many executions that were ended have another reason in their record than what ended them. */
    long wrongReasons() {
        return firstSentences().stream()
                .filter(process -> endings.containsKey(process.execution()))
                .filter(process ->
                        !(process.byKernel() ? "KERNEL_OOM" : BY_WATCHDOG).equals(endings.get(process.execution())))
                .count();
    }

    /** Returns how many executions the guardian ended although those it had ended before were enough. */
    long secondKills() {
        return sentences().stream()
                .skip(1)
                .filter(process -> process.neededBytes() < thresholdBytes() - TOLERANCE_BYTES)
                .count();
    }

    /** Returns how many executions the guardian ended where none was to be ended, or while the use was below the threshold. */
    long falseKills() {
        return scenario.isBenign()
                ? (wasMissed() ? ended().count() : sentences().size())
                : sentences().stream()
                        .limit(1)
                        .filter(process -> process.useBytes() < thresholdBytes() - TOLERANCE_BYTES)
                        .count();
    }

    /** Returns whether a hog that was to die lived on, beyond the threshold. */
    boolean noGuardianActed() {
        return !scenario.isBenign()
                && observation.kernelOomKills() == 0
                && sentences().isEmpty()
                && !wasMissed();
    }

    /**
     * Returns whether the observer saw no kill although the record reports one: the hog died and was gone between two looks.
     * Such a run counts, and has no times.
     */
    boolean wasMissed() {
        return firstSentences().isEmpty() && endings.containsValue(BY_WATCHDOG);
    }

    /** Returns whether a hog that was to go beyond the threshold has not come so far in time: the run says nothing. */
    boolean isVoid() {
        return noGuardianActed() && observation.crossedNanos() == Observation.NEVER;
    }

    /** Returns the time from the crossing to the first sentence, if a guardian passed it. */
    OptionalLong crossingToSignalNanos() {
        List<Seen> sentences = sentences();
        if (scenario.isBenign() || sentences.isEmpty() || observation.crossedNanos() == Observation.NEVER) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.max(0, sentences.get(0).sentencedNanos() - observation.crossedNanos()));
    }

    /** Returns the time from the last sentence to the return of the memory, if a guardian passed it. */
    OptionalLong signalToMemoryBackNanos() {
        List<Seen> sentences = sentences();
        if (scenario.isBenign() || sentences.isEmpty() || observation.backNanos() == Observation.NEVER) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                observation.backNanos() - sentences.get(sentences.size() - 1).sentencedNanos());
    }

    /** Returns how far the use went beyond the threshold. */
    long overshootBytes() {
        return Math.max(0, observation.peakBytes() - thresholdBytes());
    }

    /** Returns whether the machine's own host stopped it during the run, which then says less about the guardian. */
    boolean stoodStill() {
        return observation.stolenMillis() > 0 || observation.lateNanos() >= STANDING_STILL_NANOS;
    }

    /** Returns whether something happened that nbguard's users would not want. */
    boolean isOdd() {
        return !controllerAlive
                || observation.nodeOoms() > 0
                || wrongVictims() > 0
                || wrongReasons() > 0
                || secondKills() > 0
                || falseKills() > 0
                || noGuardianActed()
                || groupsLeft > 0;
    }

    /** Returns what happened when, for a closer look. */
    String story() {
        StringBuilder story = new StringBuilder(String.format(
                Locale.ROOT,
                "crossed %s, peak %d MiB, back %s, over %s, OOM kills %d, of the node %d, groups left %d",
                millis(observation.crossedNanos()),
                mebibytes(observation.peakBytes()),
                millis(observation.backNanos()),
                millis(observation.endNanos()),
                observation.kernelOomKills(),
                observation.nodeOoms(),
                groupsLeft));
        for (Seen process : firstSentences()) {
            story.append(String.format(
                    Locale.ROOT,
                    "; %s sentenced %s by %s at %d MiB (needed %d MiB), dead %s",
                    process.execution(),
                    millis(process.sentencedNanos()),
                    process.byKernel() ? "the kernel" : "a guardian",
                    mebibytes(process.useBytes()),
                    mebibytes(process.neededBytes()),
                    millis(process.exitedNanos())));
        }
        for (Seen process : observation.processes()) {
            if (process.sentencedNanos() == Observation.NEVER && process.exitedNanos() != Observation.NEVER) {
                story.append(String.format("; %s gone %s", process.execution(), millis(process.exitedNanos())));
            }
        }
        return story + "; records " + endings;
    }

    private static String millis(long nanos) {
        return nanos == Observation.NEVER ? "never" : String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }

    private long thresholdBytes() {
        return scenario.node().thresholdBytes();
    }
}
