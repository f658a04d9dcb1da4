package io.nbguard.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.GuardException;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a file with one JSON object that an option or an argument names. */
final class JsonFile {

    private JsonFile() {}

    /**
     * Reads the object.
     *
     * @param folder where a relative path begins
     * @param path the file; {@code -} is standard input
     * @param kind what the file is, for messages, such as {@code parameter file}
     * @param example what is expected in it, such as <code>{"name": value, …}</code>
     * @param json how it is read
     * @throws GuardException if there is no such file, or something else in it; the message has the line and column
     */
    static Map<String, @Nullable Object> object(Path folder, Path path, String kind, String example, JsonFactory json) {
        boolean standardInput = path.toString().equals("-");
        String name = standardInput ? "standard input" : kind + " " + path;
        try (InputStream input = standardInput ? System.in : Files.newInputStream(folder.resolve(path));
                JsonParser parser = json.createParser(input)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Usage.wrong(name + " does not hold a JSON object: expected " + example);
            }
            Map<String, @Nullable Object> members = JsonValues.object(parser);
            if (parser.nextToken() != null) {
                throw Usage.wrong(name + " goes on after its JSON object, at line "
                        + parser.currentTokenLocation().getLineNr());
            }
            return members;
        } catch (JsonProcessingException e) {
            throw Usage.wrong(
                    name + " is not valid JSON at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage(),
                    e);
        } catch (NoSuchFileException e) {
            throw Usage.wrong(name + " does not exist", e);
        } catch (IOException e) {
            throw Usage.wrong(name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
