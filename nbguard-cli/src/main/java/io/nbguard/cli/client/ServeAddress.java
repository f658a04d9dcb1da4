package io.nbguard.cli.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.server.json.JsonText;
import io.nbguard.server.json.JsonValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the {@code serve} of this user is: written by it beside its token, private to the user, and gone when it has ended.
 *
 * @param url such as {@code http://127.0.0.1:8080}
 * @param tokenFile the file with the operators' token
 * @param pid the process that serves
 */
public record ServeAddress(String url, Path tokenFile, long pid) {

    private static final String NAME = "serve.json";

    /** Writes it into a folder; of several that serve, the last one to start is found there. */
    public void write(Path folder) throws IOException {
        Path draft = folder.resolve("." + NAME + "." + pid);
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                draft,
                JsonText.object(json -> {
                    json.writeStringField("url", url);
                    json.writeStringField("tokenFile", tokenFile.toString());
                    json.writeNumberField("pid", pid);
                }),
                StandardOpenOption.WRITE);
        Files.move(draft, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes it from a folder, unless another has been written there meanwhile. */
    public void remove(Path folder) throws IOException {
        if (read(folder).filter(this::equals).isPresent()) {
            Files.deleteIfExists(folder.resolve(NAME));
        }
    }

    /**
     * Returns what is in a folder, if something is.
     *
     * @throws GuardException (ENVIRONMENT) if it cannot be read
     */
    public static Optional<ServeAddress> read(Path folder) {
        Path file = folder.resolve(NAME);
        try (JsonParser parser = new JsonFactory().createParser(Files.readString(file))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("expected a JSON object");
            }
            Map<String, @Nullable Object> json = JsonValues.object(parser);
            if (json.get("url") instanceof String url
                    && json.get("tokenFile") instanceof String tokenFile
                    && json.get("pid") instanceof Long pid) {
                return Optional.of(new ServeAddress(url, Path.of(tokenFile), pid));
            }
            throw new IOException("expected url, tokenFile and pid");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    file + " does not say where serve is (" + e.getMessage() + "): remove it",
                    e);
        }
    }
}
