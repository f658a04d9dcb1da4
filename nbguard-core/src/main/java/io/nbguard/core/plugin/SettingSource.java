package io.nbguard.core.plugin;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The settings of one entrance: the host's code, the command line, a file or the environment.
 *
 * @param origin the entrance, for messages, such as {@code --set}
 * @param values the values, by the names that the settings have there
 * @param nameOf makes the name that a setting has there from its key
 */
public record SettingSource(String origin, Map<String, String> values, UnaryOperator<String> nameOf) {

    /** Copies the map. */
    public SettingSource {
        Objects.requireNonNull(origin, "origin");
        values = Map.copyOf(values);
        Objects.requireNonNull(nameOf, "nameOf");
    }

    /** Returns an entrance at which settings have their keys as names. */
    public static SettingSource of(String origin, Map<String, String> values) {
        return new SettingSource(origin, values, UnaryOperator.identity());
    }

    /**
     * Reads a properties file: UTF-8, a line {@code key=value} for each setting, as {@link Properties#load(Reader)} describes it.
     * Blanks at the end of a value do not count.
     *
     * @throws IllegalArgumentException if it cannot be read, or is not of that form; the message names the file
     */
    public static SettingSource file(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the settings file '" + file + "' cannot be read (" + e
                            + "): expected a text file in UTF-8 with a line key=value for each setting",
                    e);
        }
        Map<String, String> values = new HashMap<>();
        for (String key : properties.stringPropertyNames()) {
            values.put(key, properties.getProperty(key).strip());
        }
        return of("settings file " + file, values);
    }

    /** Returns the origin and the names without the values, of which one may be a password. */
    @Override
    public String toString() {
        return origin + ": " + String.join(", ", new TreeSet<>(values.keySet()));
    }
}
