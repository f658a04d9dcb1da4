package io.nbguard.core.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.event.GuardEvent;
import io.nbguard.api.execution.ExecutionState;
import io.nbguard.api.measure.ByteSize;
import io.nbguard.api.measure.CpuTime;
import io.nbguard.api.measure.Progress;
import io.nbguard.api.watchdog.Candidate;
import io.nbguard.api.watchdog.CandidateUsage;
import io.nbguard.api.watchdog.KillScenario;
import io.nbguard.api.watchdog.MemoryRung;
import io.nbguard.core.watchdog.MemoryThreshold;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every kind of message, with values drawn at random from a fixed seed, there and back. */
class MessageWireTest {

    private static final int ROUNDS = 200;
    private static final String LETTERS = "az09-_./{} \"\\\n\tüß漢字\uD83D\uDC0D";

    private final Random random = new Random(42);

    private static byte[] written(List<Message> messages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        MessageWire.writeGreeting(out);
        for (Message message : messages) {
            MessageWire.write(message, out);
        }
        return bytes.toByteArray();
    }

    private static List<Message> read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        MessageWire.readGreeting(in);
        List<Message> messages = new ArrayList<>();
        for (Message message = MessageWire.read(in); message != null; message = MessageWire.read(in)) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void everyMessageComesBackAsItWas() throws IOException {
        List<Message> messages = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            messages.addAll(oneOfEach());
        }

        assertThat(read(written(messages))).isEqualTo(messages);
    }

    @Test
    void everyKindOfMessageIsAmongThem() {
        assertThat(oneOfEach().stream().<Class<?>>map(Message::getClass).distinct())
                .containsExactlyInAnyOrder(Message.class.getPermittedSubclasses());
    }

    @Test
    void everyEventOfAWatchdogIsToldAndNoOther() {
        assertThat(events()).allMatch(EventWire::isTold);
        assertThat(List.<GuardEvent>of(
                        new GuardEvent.RungChanged(
                                Instant.EPOCH,
                                KillScenario.Cause.NODE_LIMIT,
                                MemoryRung.NORMAL,
                                MemoryRung.WARN,
                                ByteSize.ZERO,
                                ByteSize.ZERO),
                        new GuardEvent.EventsDropped(Instant.EPOCH, 1),
                        new GuardEvent.KernelOomKill(Instant.EPOCH, Optional.empty(), Optional.empty(), 1, "")))
                .noneMatch(EventWire::isTold);
    }

    @Test
    void aStreamThatBreaksOffAnywhereIsAnErrorAndNeverHalfAMessage() throws IOException {
        byte[] whole = written(oneOfEach());
        List<Message> all = read(whole);
        for (int length = 4; length < whole.length; length++) {
            byte[] part = java.util.Arrays.copyOf(whole, length);
            try {
                List<Message> found = read(part);
                assertThat(found).isEqualTo(all.subList(0, found.size()));
            } catch (IOException brokenOff) {
                continue;
            }
        }
        assertThatThrownBy(() -> read(java.util.Arrays.copyOf(whole, whole.length - 1)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void noiseIsRefusedWithAnIoExceptionAndLittleMemory() throws IOException {
        byte[] whole = written(oneOfEach());
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = whole.clone();
            for (int flip = 0; flip < 3; flip++) {
                damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
            } catch (IOException refused) {
                continue;
            }
        }
        byte[] huge = whole.clone();
        huge[4] = 0x7f;
        assertThatThrownBy(() -> read(huge)).isInstanceOf(IOException.class).hasMessageContaining("not a frame");
    }

    @Test
    void anotherVersionsGreetingIsRefused() throws IOException {
        byte[] bytes = written(List.of());
        bytes[3]++;
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("this version of nbguard");
    }

    private List<Message> oneOfEach() {
        List<Message> messages = new ArrayList<>(List.of(
                new Message.Settings(
                        sampling(),
                        List.of(text(), text()),
                        List.of(text()),
                        List.of(),
                        new PluginConfig(Map.of("key " + text(), text(), "other", "")),
                        maybe(this::text),
                        text(),
                        random.nextBoolean()),
                new Message.Watch(
                        id(),
                        text(),
                        random.nextInt(),
                        maybe(this::size),
                        random.nextLong(),
                        new RunFolders(path(), path(), path())),
                new Message.Update(
                        id(),
                        maybe(() -> new ProcessIdentity(random.nextLong(), random.nextLong())),
                        any(ExecutionState.values()),
                        random.nextBoolean(),
                        Set.of(any(FreezeReason.values())),
                        progress()),
                new Message.Dying(scenario()),
                new Message.Unwatch(id()),
                new Message.Sync(random.nextLong()),
                new Message.Bye(),
                new Message.Ready(List.of(text(), text())),
                new Message.Refused(text()),
                new Message.Heartbeat(random.nextLong()),
                new Message.Watching(id()),
                new Message.NotWatching(id(), text()),
                new Message.Emergency(text()),
                new Message.Lost(random.nextLong()),
                new Message.Synced(random.nextLong())));
        events().forEach(event -> messages.add(new Message.Happened(event)));
        return messages;
    }

    private List<GuardEvent> events() {
        return List.of(
                new GuardEvent.Terminated(instant(), text(), scenario()),
                new GuardEvent.KillConfirmed(instant(), id(), text(), duration(), size()),
                new GuardEvent.KillUnconfirmed(instant(), id(), text(), duration(), text()),
                new GuardEvent.KillWithheld(instant(), any(KillScenario.Cause.values()), size(), size(), text()),
                new GuardEvent.BystandersFrozen(instant(), List.of(id(), id()), duration()),
                new GuardEvent.LoopLagged(instant(), duration(), random.nextLong()),
                new GuardEvent.ReadingDegraded(instant(), text(), text()),
                new GuardEvent.ReadingRestored(instant(), text()),
                new GuardEvent.PluginMisbehaved(
                        instant(),
                        text(),
                        text(),
                        any(GuardEvent.PluginMisbehaved.Fault.values()),
                        maybe(MessageWireTest::id),
                        maybe(this::text),
                        text()));
    }

    private KillScenario scenario() {
        return new KillScenario(
                instant(),
                any(KillScenario.Cause.values()),
                size(),
                size(),
                size(),
                size(),
                text(),
                text(),
                id(),
                Stream.generate(this::candidate).limit(random.nextInt(5)).toList(),
                random.nextBoolean());
    }

    private Candidate candidate() {
        return new Candidate(
                id(),
                text(),
                new CandidateUsage(
                        size(),
                        size(),
                        random.nextGaussian() * 1e9,
                        random.nextDouble(),
                        CpuTime.ofNanos(size().bytes())),
                duration(),
                random.nextInt(),
                progress(),
                random.nextBoolean());
    }

    private WatchdogConfig sampling() {
        return new WatchdogConfig(
                Duration.ofMillis(10 + random.nextInt(50_000)),
                threshold(),
                threshold(),
                threshold(),
                maybe(() -> ByteSize.ofBytes(1 + random.nextInt(1 << 30))),
                maybe(() -> ByteSize.ofBytes(1 + random.nextInt(1 << 30))),
                Duration.ofNanos(random.nextInt(1 << 30)),
                Duration.ofNanos(random.nextInt(1 << 30)),
                random.nextBoolean());
    }

    private MemoryThreshold threshold() {
        return random.nextBoolean()
                ? MemoryThreshold.fraction(1 - random.nextDouble())
                : MemoryThreshold.bytes(ByteSize.ofBytes(1 + random.nextInt(1 << 30)));
    }

    private Progress progress() {
        return new Progress(
                random.nextInt(100),
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(100)),
                maybe(this::text));
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20);
        for (int i = 0; i < length; i++) {
            int[] letters = LETTERS.codePoints().toArray();
            text.appendCodePoint(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }

    private Path path() {
        return Path.of("/tmp/" + text().replace('\n', 'n'));
    }

    private static ExecutionId id() {
        return ExecutionId.random();
    }

    private ByteSize size() {
        return ByteSize.ofBytes(random.nextLong() >>> 1 + random.nextInt(60));
    }

    private Duration duration() {
        return Duration.ofNanos(random.nextLong());
    }

    private Instant instant() {
        return Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }
}
