package io.nbguard.core.recovery;

import io.nbguard.api.ExecutionId;
import io.nbguard.core.workspace.Claim;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.LocalHandle;
import io.nbguard.core.workspace.RunFolders;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and takes over the executions that outlive their guards, by the {@link Claim} beside each one's folder. */
public final class KeptRuns {

    private static final Logger LOG = LoggerFactory.getLogger(KeptRuns.class);

    /**
     * Returns whether an execution is a living guard's.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    public static boolean isHeld(ExecutionId id, Path temporaryRoot) {
        return FolderOwner.current()
                .flatMap(self -> Claim.read(folder(id, temporaryRoot))
                        .filter(claim -> claim.owner().isSeenFrom(self) && !claim.isFree(self)))
                .isPresent();
    }

    /**
     * Returns whether a guard that was closed without its end has left it to others. What another guard says in its place does not
     * count: it may have said so before {@code owner} took the execution over with other folders.
     *
     * @param temporaryRoot where folders for temporary files are
     * @param owner the guard that has it
     */
    public static boolean isGivenBack(ExecutionId id, Path temporaryRoot, FolderOwner owner) {
        return Claim.read(folder(id, temporaryRoot))
                .filter(claim -> claim.givenBack() && claim.owner().equals(owner))
                .isPresent();
    }

    /**
     * Returns what was left of an execution, whichever guard holds it now.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    public static Optional<KeptRun> of(ExecutionId id, Path temporaryRoot) {
        return Claim.read(folder(id, temporaryRoot)).flatMap(Claim::kept);
    }

    /**
     * Makes an execution this process's, if it outlives a guard that is dead, or was given back. Of several guards that try, one succeeds.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    public static Optional<KeptRun> takeOver(ExecutionId id, Path temporaryRoot) {
        return FolderOwner.current().flatMap(self -> Claim.takeOver(folder(id, temporaryRoot), self));
    }

    /**
     * Returns what dead guards have left of executions that engines run, and other guards may have followed since with other folders.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    static Map<ExecutionId, KeptRun> ofEngines(Path temporaryRoot) {
        Map<ExecutionId, KeptRun> found = new HashMap<>();
        Optional<FolderOwner> self = FolderOwner.current();
        if (self.isEmpty()) {
            return found;
        }
        try (DirectoryStream<Path> claims =
                Files.newDirectoryStream(temporaryRoot, RunFolders.TEMPORARY + "*" + Claim.ENDING)) {
            for (Path file : claims) {
                String name = String.valueOf(file.getFileName());
                String folder = name.substring(0, name.length() - Claim.ENDING.length());
                Claim.read(temporaryRoot.resolve(folder))
                        .filter(claim -> claim.isFree(self.get()))
                        .flatMap(Claim::kept)
                        .filter(run -> !LocalHandle.isLocal(run.handle()))
                        .ifPresent(run ->
                                found.put(new ExecutionId(folder.substring(RunFolders.TEMPORARY.length())), run));
            }
        } catch (IOException | DirectoryIteratorException | IllegalArgumentException e) {
            LOG.debug("{} cannot be searched for what killed guards left", temporaryRoot, e);
        }
        return found;
    }

    /** Removes what marks a run as going on: it does not. */
    public static void release(KeptRun run) {
        Path temporary = run.folders().temporary();
        try {
            Claim.remove(temporary);
        } catch (IOException e) {
            LOG.warn("{} stays marked as going on", temporary, e);
        }
    }

    /** Leaves a run that was taken over to any other guard: it goes on, and this guard cannot look after it. */
    public static void giveBack(KeptRun run) {
        Claim.giveBack(run.folders().temporary());
    }

    private KeptRuns() {}

    private static Path folder(ExecutionId id, Path temporaryRoot) {
        return temporaryRoot.resolve(RunFolders.temporaryName(id));
    }
}
