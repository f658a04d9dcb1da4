package io.nbguard.benchmarks.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All that was measured. */
final class Results {

    /** What was measured on, in a line. */
    String rig = "";
    /** Outcomes by scenario and guardian, in the order of the tables. */
    final Map<Scenario, EnumMap<Guardian, List<Outcome>>> outcomes = new LinkedHashMap<>();
    /** Why a guardian was not measured. */
    final EnumMap<Guardian, String> absent = new EnumMap<>(Guardian.class);
    /** What nbguard says it survives, bytes per second. */
    final EnumMap<Guardian, Long> published = new EnumMap<>(Guardian.class);
    /** Part of a core that nbguard takes with many executions far from the limit. */
    final EnumMap<Guardian, Cost> cost = new EnumMap<>(Guardian.class);
    /** Runs after which the host itself was on watch although a sidecar was wanted. */
    int withoutSidecar;
    /** Trials that did not come to a result. */
    final List<String> failures = new ArrayList<>();

    void add(Scenario scenario, Guardian guardian, Outcome outcome) {
        outcomes.computeIfAbsent(scenario, s -> new EnumMap<>(Guardian.class))
                .computeIfAbsent(guardian, g -> new ArrayList<>())
                .add(outcome);
    }

    List<Outcome> of(String scenario, Guardian guardian) {
        return outcomes.entrySet().stream()
                .filter(entry -> entry.getKey().id().equals(scenario))
                .flatMap(entry -> entry.getValue().getOrDefault(guardian, List.of()).stream())
                .toList();
    }

    /** Returns a scenario's title; its id if it was not measured. */
    String title(String scenario) {
        return outcomes.keySet().stream()
                .filter(each -> each.id().equals(scenario))
                .map(Scenario::title)
                .findFirst()
                .orElse(scenario);
    }

    Stream<Outcome> all() {
        return outcomes.values().stream()
                .flatMap(byGuardian -> byGuardian.values().stream())
                .flatMap(List::stream);
    }

    /**
     * Processor time, in nanoseconds or as a part of a core.
     *
     * @param sampling of the sampling threads, the sidecar's too
     * @param all of all of nbguard's threads, and of the sidecar with all that its JVM does
     */
    record Cost(double sampling, double all) {

        Cost since(Cost before) {
            return new Cost(sampling - before.sampling, all - before.all);
        }

        Cost dividedBy(double nanos) {
            return new Cost(sampling / nanos, all / nanos);
        }
    }
}
