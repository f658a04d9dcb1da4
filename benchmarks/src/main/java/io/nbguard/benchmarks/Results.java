package io.nbguard.benchmarks;

import io.nbguard.benchmarks.peer.Contestant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.TreeMap;

/** What a comparison found. */
final class Results {

    final TreeMap<Integer, EnumMap<Contestant, Tally>> hot = new TreeMap<>();
    final EnumMap<Contestant, Tally> cold = new EnumMap<>(Contestant.class);
    final EnumMap<Contestant, Tally> tenHertz = new EnumMap<>(Contestant.class);
    final EnumMap<Contestant, Tally> forking = new EnumMap<>(Contestant.class);
    final EnumMap<Contestant, TreeMap<Integer, List<Double>>> growth = new EnumMap<>(Contestant.class);
    final EnumMap<Contestant, String> absent = new EnumMap<>(Contestant.class);
    final List<Pss> pss = new ArrayList<>();

    /**
     * One tree's PSS.
     *
     * @param rssBytes the tree's sum of RSS
     * @param pssBytes its PSS
     * @param nanos how long the reading took
     */
    record Pss(long rssBytes, long pssBytes, long nanos) {}
}
