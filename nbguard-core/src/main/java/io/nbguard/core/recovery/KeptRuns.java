package io.nbguard.core.recovery;

import io.nbguard.api.ExecutionId;
import io.nbguard.core.workspace.Claim;
import io.nbguard.core.workspace.FolderOwner;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.RunFolders;
import java.io.IOException;
import java.nio.file.Path;
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
     * Returns whether a guard that was closed without its end has left it to others.
     *
     * @param temporaryRoot where folders for temporary files are
     */
    public static boolean isGivenBack(ExecutionId id, Path temporaryRoot) {
        return Claim.read(folder(id, temporaryRoot)).filter(Claim::givenBack).isPresent();
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
