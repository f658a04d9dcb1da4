package io.nbguard.core.execution;

import io.nbguard.api.ExecutionId;
import io.nbguard.api.execution.EndReason;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of an execution whose guard was killed. */
public final class PartialOutput {

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
        Verdict verdict = Verdict.withoutReport(EndReason.ORPHANED, "", Optional.empty());
        return workspace.finish(verdict, staged).outcome().output();
    }

    /**
     * Does the same with folders that are looked for where a run puts them, once nothing of the execution is alive.
     *
     * @param temporaryRoot where folders for temporary files go
     * @param output the file that the executed notebook was to become
     * @return where the notebook is; empty if there is none
     */
    public static Optional<Path> recover(ExecutionId id, Path temporaryRoot, Path output) {
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
