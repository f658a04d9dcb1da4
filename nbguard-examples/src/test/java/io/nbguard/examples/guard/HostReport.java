package io.nbguard.examples.guard;

import io.nbguard.api.execution.ExecutionRecord;
import io.nbguard.api.watchdog.KillScenario;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a {@link HostProgram} says about the end of an execution.
 *
 * @param notebook which
 * @param state the end
 * @param reason why, or nothing
 * @param message the record's message, or nothing
 * @param cause which bound the watchdog saw crossed, or nothing
 * @param candidates what each candidate of the watchdog held when it decided, notebook to RSS in bytes
 */
record HostReport(
        String notebook, String state, String reason, String message, String cause, Map<String, Long> candidates) {

    private static final String START = "end\t";

    static HostReport of(ExecutionRecord record) {
        return new HostReport(
                record.notebook(),
                record.state().name(),
                record.outcome().reason().map(Enum::name).orElse(""),
                record.lifecycle().message().orElse(""),
                record.outcome()
                        .killScenario()
                        .map(scenario -> scenario.cause().name())
                        .orElse(""),
                record.outcome().killScenario().map(HostReport::candidates).orElse(Map.of()));
    }

    private static Map<String, Long> candidates(KillScenario scenario) {
        return scenario.candidates().stream()
                .collect(Collectors.toMap(
                        candidate -> candidate.notebook(),
                        candidate -> candidate.usage().rss().bytes()));
    }

    String line() {
        String held = candidates.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(";"));
        return START + String.join("\t", List.of(notebook, state, reason, message, cause, held, "."));
    }

    static boolean isReport(String line) {
        return line.startsWith(START);
    }

    static HostReport parse(String line) {
        String[] fields = line.substring(START.length()).split("\t");
        Map<String, Long> held = List.of(fields[5].split(";")).stream()
                .filter(pair -> !pair.isEmpty())
                .map(pair -> pair.split("="))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Long.valueOf(pair[1])));
        return new HostReport(fields[0], fields[1], fields[2], fields[3], fields[4], held);
    }

    static Map<String, HostReport> byNotebook(List<HostReport> reports) {
        return reports.stream().collect(Collectors.toMap(HostReport::notebook, Function.identity()));
    }
}
