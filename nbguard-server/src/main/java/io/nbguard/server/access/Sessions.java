package io.nbguard.server.access;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The logins that are valid, by what proves them; ended by logging out, and after 30 days. With a file they outlast the host
 * and hold for all hosts that share it, of which one at a time changes it, under a lock of the file beside it. What is in the file opens nothing without the token. For any thread.
 */
final class Sessions {

    static final Duration LAST = Duration.ofDays(30);
    private static final int MOST = 1_000;
    private static final int LARGEST_FILE = 1 << 20;
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Duration LONGEST_LOCK = Duration.ofSeconds(5);
    private static final long LOCK_PAUSE_NANOS = 2_000_000L;
    private static final Set<OpenOption> LOCK_OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final Optional<Path> file;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Instant> ends = new HashMap<>();
    private @Nullable Object read;

    Sessions(Optional<Path> file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** Adds one; of too many the one that ends first is ended. */
    void add(String proof) {
        change(() -> {
            ends.put(proof, clock.instant().plus(LAST));
            if (ends.size() > MOST) {
                ends.entrySet().stream()
                        .min(Comparator.comparing(Map.Entry::getValue))
                        .map(Map.Entry::getKey)
                        .ifPresent(ends::remove);
            }
            return true;
        });
    }

    /** Ends one. */
    void remove(String proof) {
        change(() -> ends.remove(proof) != null);
    }

    /** Returns whether one is valid. */
    boolean has(String proof) {
        lock.lock();
        try {
            readIfChanged();
            Instant end = ends.get(proof);
            return end != null && clock.instant().isBefore(end);
        } finally {
            lock.unlock();
        }
    }

    /** Reads, changes and writes with no other host's change in between; writes only if {@code change} made one. */
    private void change(BooleanSupplier change) {
        if (file.isEmpty()) {
            locked(change);
            return;
        }
        // A lock of a file belongs to its process: other objects of this one are kept out by the monitor. A mere read
        // waits
        // for neither.
        synchronized (Sessions.class) {
            try (FileChannel held = FileChannel.open(lockFile(file.get()), LOCK_OPTIONS, PRIVATE)) {
                take(held);
                locked(() -> {
                    read = null;
                    readIfChanged();
                    if (change.getAsBoolean()) {
                        write();
                    }
                    return true;
                });
            } catch (IOException e) {
                throw unusable("locked", e);
            }
        }
    }

    private void locked(BooleanSupplier work) {
        lock.lock();
        try {
            var unused = work.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the lock of the file: another host holds it for a moment, unless it has been stopped in the middle. */
    private static void take(FileChannel file) throws IOException {
        long begin = System.nanoTime();
        while (file.tryLock() == null) {
            if (System.nanoTime() - begin > LONGEST_LOCK.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                throw new IOException("another process holds its lock: is a serve stopped (SIGSTOP) that shares it?");
            }
            LockSupport.parkNanos(LOCK_PAUSE_NANOS);
        }
    }

    /** A file of its own that stays: the file of logins is another one after each change. */
    private static Path lockFile(Path file) {
        return file.resolveSibling(file.getFileName() + ".lock");
    }

    private void readIfChanged() {
        if (file.isEmpty()) {
            return;
        }
        try {
            Object now = identity(file.get());
            if (!now.equals(read)) {
                ends.clear();
                if (Files.size(file.get()) <= LARGEST_FILE) {
                    Files.readAllLines(file.get()).forEach(this::line);
                }
                read = now;
            }
        } catch (NoSuchFileException e) {
            ends.clear();
            read = null;
        } catch (IOException e) {
            throw unusable("read", e);
        }
    }

    private static Object identity(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.fileKey() + " " + attributes.lastModifiedTime() + " " + attributes.size();
    }

    private void line(String line) {
        String[] parts = line.split(" ");
        try {
            Instant end = Instant.parse(parts[parts.length - 1]);
            if (parts.length == 2 && clock.instant().isBefore(end) && ends.size() < MOST) {
                ends.put(parts[0], end);
            }
        } catch (java.time.format.DateTimeParseException e) {
            // Not a line of ours.
        }
    }

    private void write() {
        if (file.isEmpty()) {
            return;
        }
        Path path = file.get();
        StringBuilder text = new StringBuilder();
        ends.forEach((proof, end) -> text.append(proof).append(' ').append(end).append('\n'));
        try {
            Path next = Files.createTempFile(path.toAbsolutePath().getParent(), ".sessions", "", PRIVATE);
            try {
                Files.writeString(next, text);
                Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(next);
            }
            read = identity(path);
        } catch (IOException e) {
            throw unusable("written", e);
        }
    }

    private GuardException unusable(String what, IOException e) {
        return new GuardException(
                ErrorCode.ENVIRONMENT, "the file of logins " + file.orElseThrow() + " cannot be " + what + ": " + e, e);
    }
}
