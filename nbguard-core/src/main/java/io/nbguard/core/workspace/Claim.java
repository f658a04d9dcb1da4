package io.nbguard.core.workspace;

import io.nbguard.api.internal.UntrustedFiles;
import io.nbguard.spi.executor.ExecutionHandle;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small file beside an execution's folder for temporary files. It says which guard's that folder is, and, if the
 * execution outlives its guard, what another one needs to take it up. The place is open to others as a rule: only files of
 * this user are trusted, and links are never followed.
 *
 * @param owner the guard
 * @param folders all folders of the execution
 * @param handle what finds it again, if it outlives the guard
 * @param givenBack whether the guard has been closed without an end of it, and left it to others
 */
public record Claim(
        FolderOwner owner, Optional<RunFolders> folders, Optional<ExecutionHandle> handle, boolean givenBack) {

    public static final String ENDING = ".guard";

    private static final Logger LOG = LoggerFactory.getLogger(Claim.class);
    // Six characters stand for each of a handle's.
    private static final int LARGEST = 128 << 10;
    private static final String GIVEN_BACK = "givenBack";
    private static final String EXECUTOR = "handleExecutor";
    private static final String VERSION = "handleVersion";
    private static final String STATE = "handle.";

    /** Returns the file in which {@code folder} is claimed. */
    static Path fileOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ENDING);
    }

    /** Says that folders, which are not made yet, are this process's. Where that is not possible nothing is said. */
    public static void make(RunFolders folders) {
        FolderOwner.current().ifPresent(owner -> {
            try {
                Files.writeString(
                        fileOf(folders.temporary()),
                        new Claim(owner, Optional.of(folders), Optional.empty(), false).toText(),
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE_NEW);
            } catch (IOException e) {
                LOG.debug("{} will stay if this process is killed", folders.temporary(), e);
            }
        });
    }

    /**
     * Makes a claim this process's, whosever it is, or makes one: a store that guards share has given this guard the execution.
     *
     * @throws IOException if that is not possible
     */
    static void adopt(KeptRun run) throws IOException {
        Path file = fileOf(run.folders().temporary());
        FolderOwner self = FolderOwner.current()
                .orElseThrow(
                        () -> new IOException("this process cannot be distinguished from those of other machines"));
        // As a whole, and in the place of a link: another guard that reads it sees all of it.
        Path whole = Files.createTempFile(file.toAbsolutePath().getParent(), "nbguard-", ".part");
        try {
            Files.writeString(
                    whole, new Claim(self, Optional.of(run.folders()), Optional.of(run.handle()), false).toText());
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** Returns what another guard needs to take the execution up, if it outlives its guard. */
    public Optional<KeptRun> kept() {
        return handle.flatMap(found -> folders.map(all -> new KeptRun(all, found)));
    }

    /**
     * Adds to a claim of this process what another guard needs, or replaces what it holds for that. It is one write, behind the
     * part that names the owner of the folder: whenever this process is killed, the file names the owner; without an owner no
     * guard would ever remove the folder.
     *
     * @throws IOException if that is not possible
     */
    public static void keep(KeptRun run) throws IOException {
        try (FileChannel channel = FileChannel.open(
                fileOf(run.folders().temporary()),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            String before = read(channel);
            Optional<Claim> claim = parse(before, run.folders().temporary());
            Optional<ExecutionHandle> there = claim.flatMap(Claim::handle);
            if (there.filter(run.handle()::equals).isPresent()) {
                return;
            }
            int end = before.indexOf("\n" + EXECUTOR + "=") + 1;
            String own = end == 0 ? before : before.substring(0, end);
            String stillGivenBack = claim.filter(Claim::givenBack).isPresent() ? GIVEN_BACK + "=true\n" : "";
            ByteBuffer bytes =
                    ByteBuffer.wrap((own + toText(run.handle()) + stillGivenBack).getBytes(StandardCharsets.UTF_8));
            // Blank lines mean nothing: so nothing of a longer one before is left, without a second call.
            byte[] padded = Arrays.copyOf(bytes.array(), Math.max(bytes.limit(), (int) channel.size()));
            Arrays.fill(padded, bytes.limit(), padded.length, (byte) '\n');
            write(channel, ByteBuffer.wrap(padded));
        }
    }

    /** Leaves what this process has claimed to any other guard, also to one of this process, which lives on. */
    public static void giveBack(Path folder) {
        try {
            Files.writeString(
                    fileOf(folder),
                    GIVEN_BACK + "=true\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.APPEND,
                    LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            LOG.warn("{} stays with this process, until that has ended", folder, e);
        }
    }

    /** Returns whether another guard may have what is claimed, as seen by {@code self}. */
    public boolean isFree(FolderOwner self) {
        return givenBack || owner.isDead(self);
    }

    /** Removes it: the folder is gone. */
    public static void remove(Path folder) throws IOException {
        Files.deleteIfExists(fileOf(folder));
    }

    /** Reads the claim on {@code folder}; empty if there is none of this user. */
    public static Optional<Claim> read(Path folder) {
        Path file = fileOf(folder);
        try {
            return isOurs(file) ? parse(UntrustedFiles.text(file, LARGEST), folder) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Makes a kept run of a guard that is dead, or has given it back, {@code self}'s. */
    public static Optional<KeptRun> takeOver(Path folder, FolderOwner self) {
        Path file = fileOf(folder);
        try {
            if (!isOurs(file)) {
                return Optional.empty();
            }
            try (FileChannel channel = FileChannel.open(
                            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    FileLock lock = channel.tryLock()) {
                // Through this channel only: closing another one of the same file would give up the lock.
                Optional<Claim> claim = lock == null ? Optional.empty() : parse(read(channel), folder);
                Optional<KeptRun> kept =
                        claim.filter(found -> found.isFree(self)).flatMap(Claim::kept);
                if (kept.isPresent()) {
                    String text =
                            new Claim(self, claim.get().folders(), claim.get().handle(), false).toText();
                    write(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                }
                return kept;
            }
        } catch (OverlappingFileLockException e) {
            // Another guard of this JVM is at it.
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.debug("what {} names is not taken over", file, e);
            return Optional.empty();
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LARGEST);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {}
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
        channel.truncate(bytes.limit());
    }

    private static boolean isOurs(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && user().equals(userOf(file))
                && Files.size(file) <= LARGEST;
    }

    /** Returns the number of the user whom this process runs as. */
    public static Object user() throws IOException {
        return uid(Files.readAttributes(Path.of("/proc/self/"), "unix:uid"));
    }

    /** Returns the number of the user whom a file belongs to. */
    public static Object userOf(Path file) throws IOException {
        return uid(Files.readAttributes(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    }

    private static Object uid(Map<String, Object> attributes) {
        return attributes.getOrDefault("uid", "unknown");
    }

    private String toText() {
        return owner.toText()
                + folders.map(all -> "staging=" + all.staging().toUri() + "\noutput="
                                + all.output().toUri() + "\n")
                        .orElse("")
                + handle.map(Claim::toText).orElse("");
    }

    private static String toText(ExecutionHandle handle) {
        StringBuilder text = new StringBuilder()
                .append(EXECUTOR + "=")
                .append(escaped(handle.executor()))
                .append("\n" + VERSION + "=")
                .append(handle.version())
                .append('\n');
        handle.state().forEach((name, value) -> text.append(STATE)
                .append(escaped(name))
                .append('=')
                .append(escaped(value))
                .append('\n'));
        return text.toString();
    }

    /** Returns a name or value as {@link Properties#load} reads it; nothing of it ends a line or a name. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars()
                .forEach(unit -> escaped.append(
                        unit < 128 && Character.isLetterOrDigit(unit)
                                ? Character.toString(unit)
                                : String.format("\\u%04x", unit)));
        return escaped.toString();
    }

    private static Optional<ExecutionHandle> handle(Properties lines) {
        String executor = lines.getProperty(EXECUTOR);
        if (executor == null) {
            return lines.containsKey("root")
                    ? Optional.of(
                            ExecutionHandle.ofFirstRelease(number(lines, "root"), number(lines, "rootStartTicks")))
                    : Optional.empty();
        }
        Map<String, String> state = new HashMap<>();
        for (String name : lines.stringPropertyNames()) {
            if (name.startsWith(STATE)) {
                state.put(name.substring(STATE.length()), lines.getProperty(name));
            }
        }
        return Optional.of(new ExecutionHandle(executor, (int) number(lines, VERSION), state));
    }

    private static Optional<Claim> parse(String text, Path folder) throws IOException {
        Properties lines = new Properties();
        lines.load(new StringReader(text));
        Optional<RunFolders> folders = lines.containsKey("staging")
                ? Optional.of(new RunFolders(folder, path(lines, "staging"), path(lines, "output")))
                : Optional.empty();
        Optional<ExecutionHandle> handle = handle(lines);
        boolean givenBack = lines.containsKey(GIVEN_BACK);
        return FolderOwner.parse(text).map(owner -> new Claim(owner, folders, handle, givenBack));
    }

    private static Path path(Properties lines, String name) {
        return Path.of(URI.create(lines.getProperty(name, "")));
    }

    private static long number(Properties lines, String name) {
        return Long.parseLong(lines.getProperty(name, ""));
    }
}
