package io.nbguard.server.access;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/** A file with one token, that only its owner can read. */
public final class TokenFile {

    /** What a token looks like, for messages. */
    public static final String EXPECTED = "16 to 512 visible ASCII characters on one line";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;
    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER_OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private TokenFile() {}

    /**
     * Returns the token in a file; if there is no such file, it is made with a new token of 256 random bits.
     *
     * @throws GuardException (ENVIRONMENT) if it cannot be read or made; (INVALID_REQUEST) if others can read it, or what is
     *     in it is no token
     */
    public static String readOrMake(Path file) {
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            return make(file);
        } catch (IOException e) {
            throw new GuardException(ErrorCode.ENVIRONMENT, "the token file " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * Returns the token in a file.
     *
     * @throws IOException if it is not there, or cannot be read
     * @throws GuardException (INVALID_REQUEST) if others can read it, or what is in it is no token
     */
    public static String read(Path file) throws IOException {
        if (Files.size(file) > 2 * LONGEST) {
            throw wrong(file, "is longer than a token");
        }
        Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
        open.retainAll(Files.getPosixFilePermissions(file));
        if (!open.isEmpty()) {
            throw wrong(file, "can be read by others: chmod 600 it, and better make a new token by removing it");
        }
        String token = Files.readString(file).strip();
        if (!isToken(token)) {
            throw wrong(file, "holds no token: expected " + EXPECTED);
        }
        return token;
    }

    /** Returns whether a text can be a token. */
    public static boolean isToken(String text) {
        return text.length() >= SHORTEST && text.length() <= LONGEST && text.matches("[!-~]+");
    }

    /** Returns a new token of 256 random bits. */
    public static String random() {
        byte[] random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static String make(Path file) {
        String token = random();
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER_OWNER));
            }
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
            Files.writeString(file, token + "\n", StandardOpenOption.WRITE);
            return token;
        } catch (FileAlreadyExistsException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "the token file " + file + " was made by another process just now: try again",
                    e);
        } catch (IOException e) {
            throw new GuardException(
                    ErrorCode.ENVIRONMENT,
                    "the token file " + file + " cannot be made (" + e + "): name another place (--token-file)",
                    e);
        }
    }

    private static GuardException wrong(Path file, String what) {
        return new GuardException(ErrorCode.INVALID_REQUEST, "the token file " + file + " " + what);
    }
}
