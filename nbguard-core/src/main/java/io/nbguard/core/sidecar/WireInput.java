package io.nbguard.core.sidecar;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what {@link WireOutput} wrote. One thread. */
final class WireInput {

    private final ByteArrayInputStream bytes;
    private final DataInputStream data;

    WireInput(byte[] content) {
        bytes = new ByteArrayInputStream(content);
        data = new DataInputStream(bytes);
    }

    /** Reads one value. */
    interface Reader<T> {
        T read() throws IOException;
    }

    boolean isAtEnd() {
        return bytes.available() == 0;
    }

    boolean flag() throws IOException {
        return data.readBoolean();
    }

    int number() throws IOException {
        return data.readInt();
    }

    long longNumber() throws IOException {
        return data.readLong();
    }

    double real() throws IOException {
        return data.readDouble();
    }

    String text() throws IOException {
        return new String(data.readNBytes(count()), StandardCharsets.UTF_8);
    }

    <E extends Enum<E>> E constant(Class<E> type) throws IOException {
        return Enum.valueOf(type, text());
    }

    ExecutionId id() throws IOException {
        return new ExecutionId(text());
    }

    ByteSize size() throws IOException {
        return new ByteSize(longNumber());
    }

    Duration duration() throws IOException {
        return Duration.ofSeconds(longNumber(), number());
    }

    Instant instant() throws IOException {
        return Instant.ofEpochSecond(longNumber(), number());
    }

    <T> Optional<T> optional(Reader<T> reader) throws IOException {
        return flag() ? Optional.of(reader.read()) : Optional.empty();
    }

    <T> List<T> all(Reader<T> reader) throws IOException {
        int count = count();
        List<T> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(reader.read());
        }
        return values;
    }

    /** A count of bytes or of values of at least one byte each: never more than what is left. */
    private int count() throws IOException {
        int count = number();
        if (count < 0 || count > bytes.available()) {
            throw new EOFException(count + " announced, " + bytes.available() + " bytes left");
        }
        return count;
    }
}
