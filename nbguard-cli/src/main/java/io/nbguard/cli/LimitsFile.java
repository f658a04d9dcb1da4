package io.nbguard.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.nbguard.api.GuardException;
import io.nbguard.api.resource.DockerKeys;
import io.nbguard.api.resource.ResourceSpec;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a file with limits under docker-py's keys. */
final class LimitsFile {

    /** What is pasted from a Python program or a configuration of DockerSpawner has single quotes, comments, a last comma. */
    private static final JsonFactory PASTED = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
            .build();

    private LimitsFile() {}

    /**
     * Reads the limits.
     *
     * @param folder where a relative path begins
     * @param path the file; {@code -} is standard input
     * @throws GuardException (INVALID_REQUEST) if there is no such file, it holds no JSON object, a key is not known (names the
     *     nearest one), or a value cannot be meant (names it, and what is expected)
     */
    static ResourceSpec read(Path folder, Path path) {
        try {
            return DockerKeys.parse(keys(folder, path));
        } catch (IllegalArgumentException e) {
            throw Usage.wrong(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Returns what is in the file, by key.
     *
     * @throws GuardException (INVALID_REQUEST) if there is no such file, or it holds no JSON object
     */
    static Map<String, @Nullable Object> keys(Path folder, Path path) {
        return JsonFile.object(folder, path, "limits file", "{\"mem_limit\": \"1g\", …}", PASTED);
    }
}
