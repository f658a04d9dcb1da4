package io.nbguard.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.nbguard.server.json.JsonWriting;
import io.nbguard.server.version.NbguardVersion;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Requests and their answers as a person would see them with curl; what is another each time is shown as an example. */
final class Transcript {

    private static final Map<String, Object> EXAMPLES = Map.ofEntries(
            Map.entry("memory_bytes", 3_221_225_472L),
            Map.entry("memory_limit_bytes", 17_179_869_184L),
            Map.entry("threshold_bytes", 16_106_127_360L),
            Map.entry("memory_percent", 18.75),
            Map.entry("cpu_cores", 0.98),
            Map.entry("cpu_percent", 98.0),
            Map.entry("memory_mb", 182.4),
            Map.entry("memory_source", "pss"),
            Map.entry("elapsed_seconds", 2.5),
            Map.entry("elapsedSeconds", 2.5),
            Map.entry("cpuSeconds", 2.1),
            Map.entry("peakMemoryBytes", 191_262_720L),
            Map.entry("queuePosition", "null"),
            Map.entry("startedAt", "2026-01-13T02:00:00Z"),
            Map.entry("state", ""),
            Map.entry("origin", "127.0.0.1"));
    private static final Set<String> AS_THEY_ARE = Set.of("state", "queuePosition", "startedAt");

    private final ServeWorld world;
    private final Set<String> ids = new LinkedHashSet<>();
    private final StringBuilder text = new StringBuilder();

    Transcript(ServeWorld world) {
        this.world = world;
    }

    String text() {
        return text.toString();
    }

    void heading(String heading) {
        text.append("\n## ").append(heading).append("\n");
    }

    /** Shows all; returns the id in the answer, if there is one. */
    String call(String method, String path, String... body) throws IOException {
        RawHttp.Answer answer = world.ask(method, path, body);
        boolean json = answer.body().startsWith("{");
        Map<String, Object> told = json ? new LinkedHashMap<>(answer.json()) : Map.of();
        if (told.containsKey("cellsDone")) {
            ids.add(String.valueOf(told.get("id")));
        }
        if (answer.status() == 201 && told.containsKey("cellsDone")) {
            // How far it has come within a millisecond is another thing each time.
            told.put("state", "ADMITTED");
            told.put("startedAt", null);
            told.put("queuePosition", null);
            told.put("cellsDone", 0L);
            told.put("cellsTotal", null);
            told.put("currentCell", null);
        }
        begin(method, path, body);
        status(answer);
        for (String name : List.of("location", "set-cookie", "retry-after")) {
            if (answer.headers().containsKey(name)) {
                text.append(name)
                        .append(": ")
                        .append(masked(answer.headers().get(name)))
                        .append('\n');
            }
        }
        if (!answer.body().isEmpty()) {
            text.append('\n')
                    .append(json ? pretty(example(told)) : masked(answer.body().stripTrailing()) + "\n");
        }
        text.append("```\n");
        return told.get("id") instanceof String id ? id : "";
    }

    /** Shows an answer's head. */
    void head(String method, String path) throws IOException {
        RawHttp.Answer answer = world.ask(method, path);
        begin(method, path);
        status(answer);
        for (String name : List.of("content-type", "content-disposition", "content-security-policy")) {
            if (answer.headers().containsKey(name)) {
                text.append(name)
                        .append(": ")
                        .append(masked(answer.headers().get(name)))
                        .append('\n');
            }
        }
        text.append("```\n");
    }

    /** Shows a list that depends on time with one element, and only that. */
    void shortened(String method, String path) throws IOException {
        RawHttp.Answer answer = world.ask(method, path);
        begin(method, path);
        status(answer);
        Map<String, Object> json = new LinkedHashMap<>(answer.json());
        if (json.get("items") instanceof List<?> list) {
            json.put("items", path.contains("usage") ? List.of() : list.subList(0, Math.min(1, list.size())));
        }
        if (json.containsKey("next")) {
            json.put("next", "c2Ft…");
        }
        text.append('\n').append(pretty(example(json))).append("```\n");
    }

    /** Shows the names of an answer's fields, whose values are of this machine. */
    void shape(String method, String path) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>(world.ask(method, path).json());
        json.replaceAll((name, value) -> value instanceof Number ? 0L : value == null ? null : "…");
        begin(method, path);
        text.append("HTTP/1.1 200 OK\n\n").append(pretty(json)).append("```\n");
    }

    /** Shows a snapshot, each of whose readings is as on some machine. */
    void node(String method, String path) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>(world.ask(method, path).json());
        json.put("node", Map.of("memoryRawBytes", new TreeMap<>(Map.of("value", 3_221_225_472L, "source", "…"))));
        for (String name : List.of("budget", "safety", "loop", "thresholds", "executions")) {
            json.put(name, name.equals("executions") ? List.of() : "{…}");
        }
        json.put("sequence", 42L);
        json.put("rung", "NORMAL");
        begin(method, path);
        text.append("HTTP/1.1 200 OK\n\n").append(pretty(example(json))).append("```\n");
    }

    private void begin(String method, String path, String... body) {
        text.append("\n```console\n$ curl -i -H \"Authorization: Bearer $TOKEN\"");
        if (!method.equals("GET")) {
            text.append(" -X ").append(method);
        }
        if (body.length > 0) {
            text.append(" \\\n    -H 'Content-Type: application/json' -d '")
                    .append(masked(body[0]))
                    .append('\'');
        }
        text.append(" \\\n    'http://127.0.0.1:8080").append(masked(path)).append("'\n");
    }

    private void status(RawHttp.Answer answer) {
        Map<Integer, String> words = Map.of(
                200,
                "OK",
                201,
                "Created",
                202,
                "Accepted",
                204,
                "No Content",
                400,
                "Bad Request",
                404,
                "Not Found",
                409,
                "Conflict");
        text.append("HTTP/1.1 ")
                .append(answer.status())
                .append(' ')
                .append(words.get(answer.status()))
                .append('\n');
    }

    private Object example(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> shown = new LinkedHashMap<>();
            map.forEach((name, member) -> {
                String key = String.valueOf(name);
                boolean fixed = EXAMPLES.containsKey(key) && !AS_THEY_ARE.contains(key);
                shown.put(key, fixed ? EXAMPLES.get(key) : example(member));
            });
            return shown;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::example).toList();
        }
        return value instanceof String string ? masked(string) : value;
    }

    private String masked(String value) {
        String plain = value.replace(world.notebooks.toString(), "/srv/notebooks");
        for (String id : ids) {
            plain = plain.replace(id, "k3x9m2pq7c4t");
        }
        return plain.replace(ServeWorld.OPERATOR, "…")
                .replaceAll("nbguard=[A-Za-z0-9_-]{20,}", "nbguard=…")
                .replaceAll("sha256-[A-Za-z0-9+/=]+", "sha256-…")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?Z", "2026-01-13T02:00:00Z")
                .replaceAll("_exec_\\d{8}[-T]?\\d{6}Z?_[a-z0-9]+", "_exec_20260113-020000_k3x9m2pq")
                .replaceAll("/executions/[a-z0-9]{12}", "/executions/k3x9m2pq7c4t")
                .replaceAll("\\[[a-z0-9]{8}]", "[k3x9m2pq]")
                .replaceAll("^[a-hjkmnp-z2-9]{12}$", "k3x9m2pq7c4t")
                .replaceAll("^" + Pattern.quote(NbguardVersion.text()) + "$", "0.1.0");
    }

    private static String pretty(Object value) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
            json.setPrettyPrinter(printer);
            JsonWriting.value(json, value);
        }
        return out + "\n";
    }
}
