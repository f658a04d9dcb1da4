package io.nbguard.core.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.spi.ExecutionHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An execution that outlives its guard, as that has left it for another one.
 *
 * @param folders where its files are
 * @param handle what finds it again
 */
public record KeptRun(RunFolders folders, ExecutionHandle handle) {

    private static final Logger LOG = LoggerFactory.getLogger(KeptRun.class);

    /**
     * Returns whether an execution is a living guard's.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    public static boolean isHeld(ExecutionId id, Path temporaryRoot) {
        return FolderOwner.current()
                .flatMap(self -> Claim.read(folder(id, temporaryRoot))
                        .filter(claim ->
                                claim.owner().isSeenFrom(self) && !claim.owner().isDead(self)))
                .isPresent();
    }

    /**
     * Returns what was left of an execution, whoever has it now.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    public static Optional<KeptRun> of(ExecutionId id, Path temporaryRoot) {
        return Claim.read(folder(id, temporaryRoot)).flatMap(Claim::kept);
    }

    /**
     * Makes an execution this process's, if it outlives a guard that is dead. Of several guards that try, one succeeds.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    public static Optional<KeptRun> takeOver(ExecutionId id, Path temporaryRoot) {
        return FolderOwner.current().flatMap(self -> Claim.takeOver(folder(id, temporaryRoot), self));
    }

    /** Takes the word back that was left of it: it does not go on. */
    public void release() {
        try {
            Claim.remove(folders.temporary());
        } catch (IOException e) {
            LOG.warn("{} stays marked as going on", folders.temporary(), e);
        }
    }

    private static Path folder(ExecutionId id, Path temporaryRoot) {
        return temporaryRoot.resolve(Workspace.temporaryName(id));
    }
}
