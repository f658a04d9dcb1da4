package io.nbguard.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
     * Reads a file with one JSON object: the parameters, in their order. {@code -} is standard input.
     *
     * @param path the file as it was given
     * @param folder the current folder
     * @throws GuardException if there is no such file, or something else in it; the message has the line and column
     */
    static Map<String, @Nullable Object> file(Path path, Path folder) {
        boolean standardInput = path.toString().equals("-");
        String name = standardInput ? "standard input" : "parameter file " + path;
        try (InputStream input = standardInput ? System.in : Files.newInputStream(folder.resolve(path));
                JsonParser parser = JSON.createParser(input)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw invalid(name + " does not hold a JSON object: expected {\"name\": value, …}", null);
            }
            Map<String, @Nullable Object> parameters = JsonValues.object(parser);
            if (parser.nextToken() != null) {
                throw invalid(
                        name + " goes on after its JSON object, at line "
                                + parser.currentTokenLocation().getLineNr(),
                        null);
            }
            return parameters;
        } catch (JsonProcessingException e) {
            throw invalid(
                    name + " is not valid JSON at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage(),
                    e);
        } catch (NoSuchFileException e) {
            throw invalid(name + " does not exist", e);
        } catch (IOException e) {
            throw invalid(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static GuardException invalid(String message, @Nullable Exception cause) {
        return new GuardException(ErrorCode.INVALID_REQUEST, message, cause);
    }
}
