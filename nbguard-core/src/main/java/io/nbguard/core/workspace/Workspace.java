package io.nbguard.core.workspace;

import io.nbguard.api.ExecutionId;
import io.nbguard.spi.executor.ExecutionHandle;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two private folders of one execution: one for temporary files, one beside the final output in which the executed
 * notebook grows. Removed when the execution has ended; the notebook is kept.
 */
public final class Workspace {

    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

    private final Path temporary;
    private final Path staging;
    private final Path output;

    private Workspace(Path temporary, Path staging, Path output) {
        this.temporary = temporary;
        this.staging = staging;
        this.output = output;
    }

    /**
     * Makes both folders.
     *
     * @param temporaryRoot where the folder for temporary files goes
     * @param output the file that the executed notebook is to become
     * @throws IOException if one cannot be made; neither is there then
     */
    public static Workspace create(ExecutionId id, Path temporaryRoot, Path output) throws IOException {
        Path target = output.toAbsolutePath().normalize();
        Path parent = target.getParent();
        if (parent == null) {
            throw new IOException(output + " is not a place for a file");
        }
        Path temporary = temporaryRoot.resolve(RunFolders.temporaryName(id));
        Claim.make(new RunFolders(temporary, parent.resolve(RunFolders.stagingName(id)), target));
        try {
            PrivateFolder.create(temporaryRoot, RunFolders.temporaryName(id));
        } catch (IOException | RuntimeException e) {
            Claim.remove(temporary);
            throw e;
        }
        try {
            return new Workspace(temporary, PrivateFolder.create(parent, RunFolders.stagingName(id)), target);
        } catch (IOException | RuntimeException e) {
            PrivateFolder.delete(temporary);
            Claim.remove(temporary);
            throw e;
        }
    }

    /**
     * Returns a workspace for an execution that another guard has launched, and that is this one's now: with the folders that are
     * claimed in {@code temporaryRoot}, else with those where a run of this guard has them. What is not there is made.
     *
     * @param output the file that the executed notebook is to become, where no claim says another
     * @param handle what finds the execution again
     * @throws IOException if a folder cannot be made
     */
    public static Workspace adopt(ExecutionId id, Path temporaryRoot, Path output, ExecutionHandle handle)
            throws IOException {
        Path temporary = temporaryRoot.resolve(RunFolders.temporaryName(id));
        Path target = output.toAbsolutePath().normalize();
        RunFolders folders = Claim.read(temporary)
                .flatMap(Claim::folders)
                .orElseGet(() -> new RunFolders(temporary, target.resolveSibling(RunFolders.stagingName(id)), target));
        Claim.adopt(new KeptRun(folders, handle));
        PrivateFolder.ensure(folders.temporary());
        PrivateFolder.ensure(folders.staging());
        return reopen(folders);
    }

    /** Returns the workspace that another process has made. */
    public static Workspace reopen(RunFolders folders) {
        return new Workspace(folders.temporary(), folders.staging(), folders.output());
    }

    /**
     * Writes its handle to the folder, so that another guard can take the execution up.
     *
     * @throws IOException if that is not possible
     */
    public void keep(ExecutionHandle handle) throws IOException {
        Claim.keep(new KeptRun(folders(), handle));
    }

    /** Leaves it to another guard. */
    public void giveBack() {
        Claim.giveBack(temporary);
    }

    public RunFolders folders() {
        return new RunFolders(temporary, staging, output);
    }

    public Path temporary() {
        return temporary;
    }

    public Path staging() {
        return staging;
    }

    /**
     * Returns the only notebook in the staging folder, or the only file if there is no notebook, for an executor that could
     * not say any more what it wrote.
     */
    public Optional<Path> findStaged() {
        List<Path> files = staged();
        List<Path> notebooks = files.stream()
                .filter(file -> file.toString().endsWith(OutputTemplate.EXTENSION))
                .toList();
        List<Path> found = notebooks.isEmpty() ? files : notebooks;
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private List<Path> staged() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(staging)) {
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("{} cannot be looked into", staging, e);
        }
        return found;
    }

    /**
     * What is kept of an execution's files.
     *
     * @param output where the executed notebook is; empty if there is none
     * @param remark what went wrong with it, for a person
     */
    public record Kept(Optional<Path> output, Optional<String> remark) {}

    /**
     * Moves the executed notebook to its final name and removes both folders. What cannot be moved stays where it is, and
     * the answer says where.
     */
    public Kept finish(Optional<Path> staged) {
        Kept result = new Kept(Optional.empty(), Optional.empty());
        boolean leftStaged = false;
        if (staged.isPresent()) {
            Path file = staged.get();
            if (!file.toAbsolutePath().normalize().startsWith(staging)
                    || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                leftStaged = !staged().isEmpty();
                result = new Kept(
                        Optional.empty(),
                        Optional.of("its executor names as its output " + file + ", which is not a file in " + staging
                                + (leftStaged ? "; what is there stays" : "")));
            } else {
                try {
                    result = new Kept(Optional.of(OutputKeeper.keep(file, output)), Optional.empty());
                } catch (IOException e) {
                    leftStaged = true;
                    result = new Kept(
                            Optional.of(file),
                            Optional.of("its output could not be moved to " + output + " (" + e + ") and stays at "
                                    + file));
                }
            }
        }
        if (remove(temporary)) {
            disclaimTemporary();
        }
        if (!leftStaged) {
            remove(staging);
        }
        return result;
    }

    private static boolean remove(Path folder) {
        try {
            PrivateFolder.delete(folder);
            return true;
        } catch (IOException e) {
            LOG.warn("{} could not be removed", folder, e);
            return false;
        }
    }

    private void disclaimTemporary() {
        try {
            Claim.remove(temporary);
        } catch (IOException e) {
            LOG.warn("the claim on {} could not be removed", temporary, e);
        }
    }
}
