package io.nbguard.core.sidecar;

import io.nbguard.core.watchdog.MemoryThreshold;
import io.nbguard.core.watchdog.WatchdogConfig;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.process.FreezeReason;
import io.nbguard.spi.process.ProcessIdentity;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The form of messages: a frame is its length, a byte for the kind, and the values. Each side begins with {@link #GREETING},
 * which changes with the form, so that versions of nbguard that do not fit together find out at once.
 */
final class MessageWire {

    /** "nbg" and the version of the form. */
    static final int GREETING = 'n' << 24 | 'b' << 16 | 'g' << 8 | 2;

    private static final int LARGEST_FRAME = 4 << 20;

    private MessageWire() {}

    private enum Kind {
        SETTINGS,
        WATCH,
        UPDATE,
        DYING,
        UNWATCH,
        SYNC,
        BYE,
        READY,
        REFUSED,
        HEARTBEAT,
        WATCHING,
        NOT_WATCHING,
        HAPPENED,
        EMERGENCY,
        LOST,
        SYNCED
    }

    private static final Kind[] KINDS = Kind.values();

    /** Writes the greeting, without flushing. */
    static void writeGreeting(DataOutputStream out) throws IOException {
        out.writeInt(GREETING);
    }

    /**
     * Reads the greeting.
     *
     * @throws IOException if it is another version's, or something else
     */
    static void readGreeting(DataInputStream in) throws IOException {
        int found = in.readInt();
        if (found != GREETING) {
            throw new IOException(
                    String.format("expected the greeting %08x of this version of nbguard, got %08x", GREETING, found));
        }
    }

    /** Writes one frame, without flushing. */
    static void write(Message message, DataOutputStream out) throws IOException {
        WireOutput values = new WireOutput();
        Kind kind = writeValues(message, values);
        byte[] content = values.toByteArray();
        out.writeInt(content.length);
        out.writeByte(kind.ordinal());
        out.write(content);
    }

    /**
     * Reads one frame.
     *
     * @return the message, or null at the end of the stream
     * @throws IOException if the stream breaks off within a frame, or what is read is not one
     */
    static @Nullable Message read(DataInputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int length = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedByte() << 8 | in.readUnsignedByte();
        int kind = in.readUnsignedByte();
        if (length < 0 || length > LARGEST_FRAME || kind >= KINDS.length) {
            throw new IOException("not a frame: " + length + " bytes of kind " + kind);
        }
        byte[] content = in.readNBytes(length);
        if (content.length < length) {
            throw new EOFException("the stream broke off within a frame");
        }
        WireInput values = new WireInput(content);
        try {
            Message message = readValues(KINDS[kind], values);
            if (!values.isAtEnd()) {
                throw new IOException("there is more in a frame than a " + KINDS[kind]);
            }
            return message;
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw new IOException("a frame does not hold a " + KINDS[kind] + ": " + e.getMessage(), e);
        }
    }

    private static Kind writeValues(Message message, WireOutput out) throws IOException {
        if (message instanceof Message.Settings told) {
            write(told.sampling(), out);
            out.all(told.probes(), out::text);
            out.all(told.trackers(), out::text);
            out.all(told.killPolicies(), out::text);
            out.all(told.configuration().values().entrySet(), entry -> {
                out.text(entry.getKey());
                out.text(entry.getValue());
            });
            out.optional(told.runtimeFolder(), out::text);
            out.text(told.outputs());
            out.flag(told.emergency());
            return Kind.SETTINGS;
        }
        if (message instanceof Message.Watch told) {
            out.id(told.id());
            out.text(told.notebook());
            out.number(told.priority());
            out.optional(told.memoryLimit(), out::size);
            out.number(told.ageNanos());
            for (Path path : List.of(
                    told.folders().temporary(),
                    told.folders().staging(),
                    told.folders().output())) {
                out.text(path.toString());
            }
            return Kind.WATCH;
        }
        if (message instanceof Message.Update told) {
            out.id(told.id());
            out.optional(told.root(), root -> {
                out.number(root.pid());
                out.number(root.startTicks());
            });
            out.constant(told.state());
            out.flag(told.condemnable());
            out.all(told.frozenBy(), out::constant);
            EventWire.write(told.progress(), out);
            return Kind.UPDATE;
        }
        if (message instanceof Message.Dying told) {
            EventWire.write(told.scenario(), out);
            return Kind.DYING;
        }
        if (message instanceof Message.Unwatch told) {
            out.id(told.id());
            return Kind.UNWATCH;
        }
        if (message instanceof Message.Sync told) {
            out.number(told.number());
            return Kind.SYNC;
        }
        return message instanceof Message.Bye ? Kind.BYE : writeSidecarsValues(message, out);
    }

    private static Kind writeSidecarsValues(Message message, WireOutput out) throws IOException {
        if (message instanceof Message.Ready told) {
            out.all(told.sources(), out::text);
            return Kind.READY;
        }
        if (message instanceof Message.Refused told) {
            out.text(told.why());
            return Kind.REFUSED;
        }
        if (message instanceof Message.Heartbeat told) {
            out.number(told.reactionNanos());
            return Kind.HEARTBEAT;
        }
        if (message instanceof Message.Watching told) {
            out.id(told.id());
            return Kind.WATCHING;
        }
        if (message instanceof Message.NotWatching told) {
            out.id(told.id());
            out.text(told.why());
            return Kind.NOT_WATCHING;
        }
        if (message instanceof Message.Happened told) {
            EventWire.write(told.event(), out);
            return Kind.HAPPENED;
        }
        if (message instanceof Message.Emergency told) {
            out.text(told.reason());
            return Kind.EMERGENCY;
        }
        if (message instanceof Message.Lost told) {
            out.number(told.count());
            return Kind.LOST;
        }
        if (message instanceof Message.Synced told) {
            out.number(told.number());
            return Kind.SYNCED;
        }
        throw new IllegalArgumentException("no form for " + message);
    }

    private static Message readValues(Kind kind, WireInput in) throws IOException {
        return switch (kind) {
            case SETTINGS ->
                new Message.Settings(
                        readSampling(in),
                        in.all(in::text),
                        in.all(in::text),
                        in.all(in::text),
                        new PluginConfig(readMap(in)),
                        in.optional(in::text),
                        in.text(),
                        in.flag());
            case WATCH ->
                new Message.Watch(
                        in.id(),
                        in.text(),
                        in.number(),
                        in.optional(in::size),
                        in.longNumber(),
                        new RunFolders(Path.of(in.text()), Path.of(in.text()), Path.of(in.text())));
            case UPDATE ->
                new Message.Update(
                        in.id(),
                        in.optional(() -> new ProcessIdentity(in.longNumber(), in.longNumber())),
                        in.constant(io.nbguard.api.execution.ExecutionState.class),
                        in.flag(),
                        Set.copyOf(in.all(() -> in.constant(FreezeReason.class))),
                        EventWire.readProgress(in));
            case DYING -> new Message.Dying(EventWire.readScenario(in));
            case UNWATCH -> new Message.Unwatch(in.id());
            case SYNC -> new Message.Sync(in.longNumber());
            case BYE -> new Message.Bye();
            case READY -> new Message.Ready(in.all(in::text));
            case REFUSED -> new Message.Refused(in.text());
            case HEARTBEAT -> new Message.Heartbeat(in.longNumber());
            case WATCHING -> new Message.Watching(in.id());
            case NOT_WATCHING -> new Message.NotWatching(in.id(), in.text());
            case HAPPENED -> new Message.Happened(EventWire.readEvent(in));
            case EMERGENCY -> new Message.Emergency(in.text());
            case LOST -> new Message.Lost(in.longNumber());
            case SYNCED -> new Message.Synced(in.longNumber());
        };
    }

    private static Map<String, String> readMap(WireInput in) throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        in.all(() -> map.put(in.text(), in.text()) == null);
        return map;
    }

    private static void write(WatchdogConfig config, WireOutput out) throws IOException {
        out.duration(config.interval());
        write(config.warnAt(), out);
        write(config.stopAdmittingAt(), out);
        write(config.killAt(), out);
        out.optional(config.nodeLimit(), out::size);
        out.optional(config.memoryBudget(), out::size);
        out.duration(config.coolDown());
        out.duration(config.killTimeout());
        out.flag(config.dryRun());
    }

    private static WatchdogConfig readSampling(WireInput in) throws IOException {
        return new WatchdogConfig(
                in.duration(),
                readThreshold(in),
                readThreshold(in),
                readThreshold(in),
                in.optional(in::size),
                in.optional(in::size),
                in.duration(),
                in.duration(),
                in.flag());
    }

    private static void write(MemoryThreshold threshold, WireOutput out) throws IOException {
        out.flag(threshold instanceof MemoryThreshold.Fraction);
        if (threshold instanceof MemoryThreshold.Fraction part) {
            out.number(part.fraction());
        } else if (threshold instanceof MemoryThreshold.Bytes fixed) {
            out.size(fixed.size());
        }
    }

    private static MemoryThreshold readThreshold(WireInput in) throws IOException {
        return in.flag() ? MemoryThreshold.fraction(in.real()) : MemoryThreshold.bytes(in.size());
    }
}
