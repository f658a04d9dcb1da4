package io.nbguard.core.assembly;

import io.nbguard.core.plugin.PluginKind;
import io.nbguard.spi.UnavailableException;
import io.nbguard.spi.executor.Readiness;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The plugins that cannot work here, with their reasons; so that one message can name all. */
public final class Refusals {

    private final Map<PluginKind, List<String>> byKind = new EnumMap<>(PluginKind.class);

    /** Notes that a plugin cannot work here. */
    public void add(PluginKind kind, String name, UnavailableException reason) {
        add(kind, name, reason.getMessage() + cure(reason.cure()));
    }

    /** Notes what an executor says of itself that keeps it from working here. */
    public void add(PluginKind kind, String name, Readiness readiness) {
        add(
                kind,
                name,
                readiness.checks().stream()
                        .filter(check -> check.level() == Readiness.Level.PROBLEM)
                        .map(check -> check.title() + ": " + check.finding() + cure(check.cure()))
                        .collect(Collectors.joining("; ")));
    }

    /** Notes that a plugin cannot work here. */
    public void add(PluginKind kind, String name, String why) {
        byKind.computeIfAbsent(kind, key -> new ArrayList<>()).add(name + ": " + why);
    }

    private static String cure(String text) {
        return text.isBlank() ? "" : " (" + text + ")";
    }

    /** Returns one line for each refusal. */
    public List<String> lines() {
        return byKind.entrySet().stream()
                .flatMap(entry ->
                        entry.getValue().stream().map(line -> entry.getKey().title() + " " + line))
                .toList();
    }

    /** Returns a paragraph about the kind of which nothing is usable. */
    public String paragraph(PluginKind kind) {
        List<String> refused = byKind.getOrDefault(kind, List.of());
        String title = "no " + kind.title() + " is usable:";
        if (refused.isEmpty()) {
            return title + "\n  - none was found: put one on the class path or module path (nbguard-papermill brings an"
                    + " executor, nbguard-cgroup resource probes and a process tracker)";
        }
        return title + refused.stream().map(line -> "\n  - " + line).collect(Collectors.joining());
    }
}
