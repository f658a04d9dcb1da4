package io.nbguard.core;

import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.Readiness;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The plugins that cannot work here, with their reasons; so that one message can name all. */
final class Refusals {

    private final Map<PluginKind, List<String>> byKind = new EnumMap<>(PluginKind.class);

    void add(PluginKind kind, String name, UnavailableException reason) {
        add(kind, name, reason.getMessage() + cure(reason.cure()));
    }

    void add(PluginKind kind, String name, Readiness readiness) {
        add(
                kind,
                name,
                readiness.checks().stream()
                        .filter(check -> check.level() == Readiness.Level.PROBLEM)
                        .map(check -> check.title() + ": " + check.finding() + cure(check.cure()))
                        .collect(Collectors.joining("; ")));
    }

    void add(PluginKind kind, String name, String why) {
        byKind.computeIfAbsent(kind, key -> new ArrayList<>()).add(name + ": " + why);
    }

    private static String cure(String text) {
        return text.isBlank() ? "" : " (" + text + ")";
    }

    /** Returns one line for each refusal. */
    List<String> lines() {
        return byKind.entrySet().stream()
                .flatMap(entry ->
                        entry.getValue().stream().map(line -> entry.getKey().title() + " " + line))
                .toList();
    }

    /** Returns a paragraph about the kind of which nothing is usable. */
    String paragraph(PluginKind kind) {
        List<String> refused = byKind.getOrDefault(kind, List.of());
        String title = "no " + kind.title() + " is usable:";
        if (refused.isEmpty()) {
            return title + "\n  - none was found: put one on the class path or module path (nbguard-papermill brings an"
                    + " executor, nbguard-cgroup resource probes and a process tracker)";
        }
        return title + refused.stream().map(line -> "\n  - " + line).collect(Collectors.joining());
    }
}
