package io.nbguard.core.execution;

import io.nbguard.api.internal.UntrustedFiles;
import io.nbguard.spi.ProcessIdentity;
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
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small file beside an execution's folder for temporary files. It says which guard's that folder is, and, if the
 * execution outlives its guard, what another one needs to take it up. The place is open to others as a rule: only files of
 * this user are believed, and links are never followed.
 *
 * @param owner the guard
 * @param folders all folders of the execution
 * @param root the root of its process tree, if it outlives the guard
 */
record Claim(FolderOwner owner, Optional<RunFolders> folders, Optional<ProcessIdentity> root) {

    static final String ENDING = ".guard";

    private static final Logger LOG = LoggerFactory.getLogger(Claim.class);
    private static final int LARGEST = 32 << 10;

    /** Returns the file that tells of {@code folder}. */
    static Path fileOf(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ENDING);
    }

    /** Says that folders, which are not made yet, are this process's. Where that is not possible nothing is said. */
    static void make(RunFolders folders) {
        FolderOwner.current().ifPresent(owner -> {
            try {
                Files.writeString(
                        fileOf(folders.temporary()),
                        new Claim(owner, Optional.of(folders), Optional.empty()).toText(),
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE_NEW);
            } catch (IOException e) {
                LOG.debug("{} will stay if this process is killed", folders.temporary(), e);
            }
        });
    }

    /** Returns what another guard needs to take the execution up, if it outlives its guard. */
    Optional<KeptRun> kept() {
        return root.flatMap(process -> folders.map(all -> new KeptRun(all, process)));
    }

    /**
     * Adds to a claim of this process what another guard needs. It is added in one write: whenever this process is killed, the
     * file says whose the folder is, without which nobody could ever remove it.
     *
     * @throws IOException if that is not possible
     */
    static void keep(KeptRun run) throws IOException {
        Files.writeString(
                fileOf(run.folders().temporary()),
                toText(run.root()),
                StandardCharsets.UTF_8,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes it: the folder is gone. */
    static void remove(Path folder) throws IOException {
        Files.deleteIfExists(fileOf(folder));
    }

    /** Reads the claim on {@code folder}; empty if there is none of this user. */
    static Optional<Claim> read(Path folder) {
        Path file = fileOf(folder);
        try {
            return isOurs(file) ? parse(UntrustedFiles.text(file, LARGEST), folder) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Makes a kept run of a dead guard {@code self}'s. */
    static Optional<KeptRun> takeOver(Path folder, FolderOwner self) {
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
                        claim.filter(found -> found.owner().isDead(self)).flatMap(Claim::kept);
                if (kept.isPresent()) {
                    write(
                            channel,
                            new Claim(self, claim.get().folders(), claim.get().root()).toText());
                }
                return kept;
            }
        } catch (OverlappingFileLockException e) {
            // Another guard of this JVM is at it.
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.debug("what {} tells of is not taken over", file, e);
            return Optional.empty();
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LARGEST);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {}
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
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
    static Object user() throws IOException {
        return uid(Files.readAttributes(Path.of("/proc/self/"), "unix:uid"));
    }

    /** Returns the number of the user whom a file belongs to. */
    static Object userOf(Path file) throws IOException {
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
                + root.map(Claim::toText).orElse("");
    }

    private static String toText(ProcessIdentity root) {
        return "root=" + root.pid() + "\nrootStartTicks=" + root.startTicks() + "\n";
    }

    private static Optional<Claim> parse(String text, Path folder) throws IOException {
        Properties lines = new Properties();
        lines.load(new StringReader(text));
        Optional<RunFolders> folders = lines.containsKey("staging")
                ? Optional.of(new RunFolders(folder, path(lines, "staging"), path(lines, "output")))
                : Optional.empty();
        Optional<ProcessIdentity> root = lines.containsKey("root")
                ? Optional.of(new ProcessIdentity(number(lines, "root"), number(lines, "rootStartTicks")))
                : Optional.empty();
        return FolderOwner.parse(text).map(owner -> new Claim(owner, folders, root));
    }

    private static Path path(Properties lines, String name) {
        return Path.of(URI.create(lines.getProperty(name, "")));
    }

    private static long number(Properties lines, String name) {
        return Long.parseLong(lines.getProperty(name, ""));
    }
}
