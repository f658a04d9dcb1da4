package io.nbguard.core.recovery;

import io.nbguard.api.ExecutionId;
import io.nbguard.core.workspace.KeptRun;
import io.nbguard.core.workspace.OutputTemplate;
import io.nbguard.core.workspace.RunFolders;
import io.nbguard.core.workspace.Workspace;
import io.nbguard.spi.store.StoredExecution;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of an execution whose guard was killed. */
public final class PartialOutput {

    private static final Logger LOG = LoggerFactory.getLogger(PartialOutput.class);

    private PartialOutput() {}

    /**
     * Moves the partial notebook to where it was to go, and removes the folders, once nothing of the execution is alive.
     * Only folders that are called after the execution are touched; links are never followed.
     *
     * @return where the notebook is; empty if there is none
     */
    public static Optional<Path> clear(ExecutionId id, RunFolders folders) {
        if (!isCalled(RunFolders.temporaryName(id), folders.temporary())
                || !isCalled(RunFolders.stagingName(id), folders.staging())) {
            return Optional.empty();
        }
        Workspace workspace = Workspace.reopen(folders);
        Optional<Path> staged = Files.isDirectory(folders.staging(), LinkOption.NOFOLLOW_LINKS)
                ? workspace.findStaged()
                : Optional.empty();
        return workspace.finish(staged).output();
    }

    /**
     * Does the same with the folders that its claim names, else with those that are where a run puts them.
     *
     * @param left how it was last known
     * @param temporaryRoot where folders for temporary files go
     * @param outputs where executed notebooks go
     * @param template how they are called
     * @return where the notebook is; empty if there is none, or if it could not be moved
     */
    static Optional<Path> recover(StoredExecution left, Path temporaryRoot, Path outputs, OutputTemplate template) {
        ExecutionId id = left.record().id();
        try {
            Optional<KeptRun> kept = KeptRuns.of(id, temporaryRoot);
            return kept.isPresent()
                    ? clear(id, kept.get().folders())
                    : left.record()
                            .lifecycle()
                            .startedAt()
                            .map(startedAt -> template.fileOf(id, left.request(), startedAt, outputs))
                            .flatMap(output -> recover(id, temporaryRoot, output));
        } catch (RuntimeException e) {
            LOG.warn("the partial notebook of {} could not be moved to where it was to go", id, e);
            return Optional.empty();
        }
    }

    private static Optional<Path> recover(ExecutionId id, Path temporaryRoot, Path output) {
        Path target = output.toAbsolutePath().normalize();
        Path staging = target.resolveSibling(RunFolders.stagingName(id));
        Path temporary = temporaryRoot.resolve(RunFolders.temporaryName(id));
        return Stream.of(staging, temporary).anyMatch(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS))
                ? clear(id, new RunFolders(temporary, staging, target))
                : Optional.empty();
    }

    private static boolean isCalled(String name, Path folder) {
        Path own = folder.getFileName();
        return own != null && own.toString().equals(name);
    }
}
