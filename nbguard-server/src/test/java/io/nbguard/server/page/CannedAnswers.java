package io.nbguard.server.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** An ordinary afternoon, in the HTTP contract's shapes. {@code "@-90"} in a text stands for the time 90 seconds ago. */
final class CannedAnswers {

    private static final Pattern TIME = Pattern.compile("\"@(-?\\d+)\"");
    private static final String V1 = " /api/v1/";

    private CannedAnswers() {}

    /** Returns bodies by request. */
    static Map<String, String> ordinary() {
        Map<String, String> answers = new HashMap<>();
        for (String name :
                new String[] {"session", "notebooks", "executions", "schedules", "events", "kills", "history"}) {
            answers.put("GET" + V1 + name, text(name + ".json"));
        }
        answers.put("POST" + V1 + "login", "{}");
        answers.put("GET" + V1 + "notebooks/reports%2Fdaily.ipynb/parameters", text("parameters.json"));
        answers.put("GET" + V1 + "executions/01KILLED", text("killed.json"));
        answers.put("GET" + V1 + "executions/01KILLED/log", "loading the first batch\n");
        answers.put("GET" + V1 + "executions/01KILLED/usage", usage(40, 13_000_000L, 0.4));
        answers.put("GET" + V1 + "node/usage", usage(180, 2_000_000L, 1.7));
        answers.put("POST" + V1 + "executions", text("started.json"));
        answers.put(
                "POST" + V1 + "schedules/preview", "{\"times\":[\"@600\",\"@1200\",\"@1800\",\"@2400\",\"@3000\"]}");
        return answers;
    }

    /** Returns a snapshot of two running notebooks. */
    static String snapshot() {
        return text("snapshot.json");
    }

    /** Returns {@code text} with times in the place of {@code "@…"}. */
    static String withTimes(String text) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return TIME.matcher(text).replaceAll(match -> "\"" + now.plusSeconds(Long.parseLong(match.group(1))) + "\"");
    }

    /** Returns usage that climbs by {@code stepBytes} each second. */
    private static String usage(int points, long stepBytes, double cores) {
        StringBuilder items = new StringBuilder("{\"items\":[");
        for (int i = 0; i < points; i++) {
            long memory = 90_000_000L + i * stepBytes + (long) (4e6 * Math.sin(i / 3.0));
            items.append(i == 0 ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"at\":\"@%d\",\"spanSeconds\":1,\"memoryBytes\":%d,\"peakMemoryBytes\":%d,\"cores\":%.2f,"
                                    + "\"peakCores\":%.2f}",
                            i - points,
                            memory,
                            memory + 3_000_000,
                            cores * (1 + 0.2 * Math.sin(i / 5.0)),
                            cores * 1.3));
        }
        return items.append("]}").toString();
    }

    private static String text(String name) {
        try (InputStream in = CannedAnswers.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no canned answer " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
