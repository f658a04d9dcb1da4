package io.nbguard.benchmarks.chaos;

import java.util.List;

/**
 * A program that takes part in a scenario as if it were a notebook.
 *
 * @param name its execution's name
 * @param kind in what it is written
 * @param hog whether it is one; else a bystander
 * @param words what it is to do (see {@code hog.c}, {@code hog.py}); {@code below=N} stands for a {@code prefill=} that leaves
 *     N MiB to the threshold
 * @param where whether it is one of the guardian's executions
 */
record Program(String name, Language kind, boolean hog, List<String> words, Place where) {

    private static final String BELOW = "below=";
    private static final String HOLDS = "mib=";

    /** What a program is written in. */
    enum Language {
        C,
        PYTHON
    }

    /** Where a program runs. */
    enum Place {
        /** Started by the guardian as one of its executions. */
        EXECUTION,
        /** Outside of the node, as other software of the machine: it only takes processor time. */
        ELSEWHERE
    }

    /** A hog in C. */
    static Program hog(String name, String words) {
        return new Program(name, Language.C, true, List.of(words.split(" ")), Place.EXECUTION);
    }

    /** A hog in Python. */
    static Program pythonHog(String name, String words) {
        return new Program(name, Language.PYTHON, true, List.of(words.split(" ")), Place.EXECUTION);
    }

    /** A bystander. */
    static Program bystander(String name, String words) {
        return new Program(name, Language.C, false, List.of(words.split(" ")), Place.EXECUTION);
    }

    /** A process outside of the node. */
    static Program elsewhere(String name, String words) {
        return new Program(name, Language.C, false, List.of(words.split(" ")), Place.ELSEWHERE);
    }

    /** Returns the words with {@code below=} filled in, where {@code roomMib} is left to the threshold before it starts. */
    List<String> words(long roomMib) {
        return words.stream()
                .map(word -> word.startsWith(BELOW)
                        ? "prefill=" + Math.max(0, roomMib - Long.parseLong(word.substring(BELOW.length())))
                        : word)
                .toList();
    }

    /** Returns what it holds, in MiB, if it only holds something. */
    long heldMib() {
        return words.stream()
                .filter(word -> word.startsWith(HOLDS))
                .mapToLong(word -> Long.parseLong(word.substring(HOLDS.length())))
                .sum();
    }
}
