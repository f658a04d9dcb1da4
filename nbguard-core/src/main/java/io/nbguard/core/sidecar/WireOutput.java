package io.nbguard.core.sidecar;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.measure.ByteSize;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** Writes the values that messages are made of. One thread. */
final class WireOutput {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final DataOutputStream data = new DataOutputStream(bytes);

    /** Writes one value. */
    interface Writer<T> {
        void write(T value) throws IOException;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    void flag(boolean value) throws IOException {
        data.writeBoolean(value);
    }

    void number(int value) throws IOException {
        data.writeInt(value);
    }

    void number(long value) throws IOException {
        data.writeLong(value);
    }

    void number(double value) throws IOException {
        data.writeDouble(value);
    }

    void text(String value) throws IOException {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        data.writeInt(encoded.length);
        data.write(encoded);
    }

    void constant(Enum<?> value) throws IOException {
        text(value.name());
    }

    void id(ExecutionId value) throws IOException {
        text(value.value());
    }

    void size(ByteSize value) throws IOException {
        number(value.bytes());
    }

    void duration(Duration value) throws IOException {
        number(value.getSeconds());
        number(value.getNano());
    }

    void instant(Instant value) throws IOException {
        number(value.getEpochSecond());
        number(value.getNano());
    }

    <T> void optional(Optional<T> value, Writer<T> writer) throws IOException {
        flag(value.isPresent());
        if (value.isPresent()) {
            writer.write(value.get());
        }
    }

    <T> void all(Collection<T> values, Writer<T> writer) throws IOException {
        number(values.size());
        for (T value : values) {
            writer.write(value);
        }
    }
}
