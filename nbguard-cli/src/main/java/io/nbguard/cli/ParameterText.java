package io.nbguard.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.nbguard.api.GuardException;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads notebook parameters from text, with types that never surprise: what is JSON has its JSON type, anything else is a
 * string. So {@code 7} is a number and {@code 007} a string, {@code true} a boolean and {@code yes} a string.
 */
final class ParameterText {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ParameterText() {}

    /** Returns the value that {@code text} is in JSON, or {@code text} itself where it is not JSON. */
    static @Nullable Object value(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                return text;
            }
            Object value = JsonValues.read(parser);
            return parser.nextToken() == null ? value : text;
        } catch (IOException e) {
            return text;
        }
    }

    /**
     * Reads a file with one JSON object: the parameters, in their order.
     *
     * @param folder where a relative path begins
     * @param path the file; {@code -} is standard input
     * @throws GuardException if there is no such file, or something else in it; the message has the line and column
     */
    static Map<String, @Nullable Object> file(Path folder, Path path) {
        return JsonFile.object(folder, path, "parameter file", "{\"name\": value, …}", JSON);
    }
}
