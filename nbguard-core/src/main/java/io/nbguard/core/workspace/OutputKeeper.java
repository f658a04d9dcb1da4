package io.nbguard.core.workspace;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives an executed notebook its final name, whole or not at all, and never over a file that is there: the second of one
 * name becomes {@code report_20260113-2.ipynb}. Safe against others, in this JVM and outside, who do the same.
 */
final class OutputKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(OutputKeeper.class);
    private static final int MOST_OF_ONE_NAME = 100_000;

    private OutputKeeper() {}

    /**
     * Moves {@code staged} to {@code wanted}, or to the first free name after it. What is no notebook is not called one: a
     * staged {@code run.log} becomes {@code report_20260113.log}.
     *
     * @return where it is now
     * @throws IOException if it could not be moved; it is still where it was
     */
    static Path keep(Path staged, Path wanted) throws IOException {
        for (int number = 1; number <= MOST_OF_ONE_NAME; number++) {
            Path target = numbered(named(wanted, staged), number);
            if (moveToNew(staged, target)) {
                return target;
            }
        }
        throw new IOException("there are " + MOST_OF_ONE_NAME + " files named like " + wanted + " already");
    }

    private static Path named(Path wanted, Path staged) {
        String name = String.valueOf(wanted.getFileName());
        String extension = extension(String.valueOf(staged.getFileName()));
        return name.endsWith(OutputTemplate.EXTENSION)
                        && !extension.isEmpty()
                        && !extension.equals(OutputTemplate.EXTENSION)
                ? wanted.resolveSibling(
                        name.substring(0, name.length() - OutputTemplate.EXTENSION.length()) + extension)
                : wanted;
    }

    private static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? "" : name.substring(dot);
    }

    static Path numbered(Path wanted, int number) {
        if (number == 1) {
            return wanted;
        }
        String name = String.valueOf(wanted.getFileName());
        String extension = extension(name);
        String base = name.substring(0, name.length() - extension.length());
        return wanted.resolveSibling(base + "-" + number + extension);
    }

    /** A rename would replace what is there; making a second name for the file fails instead, and is one step as well. */
    private static boolean moveToNew(Path staged, Path target) throws IOException {
        try {
            Files.createLink(target, staged);
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException | UnsupportedOperationException e) {
            return moveToReserved(staged, target);
        }
        try {
            Files.deleteIfExists(staged);
        } catch (IOException e) {
            LOG.debug("the second name {} stays until its folder is removed", staged, e);
        }
        return true;
    }

    /** For file systems without hard links: reserve the name by an empty file, then rename over our own reservation. */
    static boolean moveToReserved(Path staged, Path target) throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            Files.createFile(target);
        } catch (FileAlreadyExistsException e) {
            return false;
        }
        try {
            Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(target);
            throw e;
        }
        return true;
    }
}
