package io.nbguard.core;

import io.nbguard.core.workspace.OutputTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files and folders of a guard; see {@link GuardBuilder#storage}. Every method checks its argument at
 * once and throws {@link IllegalArgumentException} naming it.
 */
public final class StorageSettings {

    private OutputTemplate outputTemplate = OutputTemplate.DEFAULT;
    private @Nullable Path runtimeDirectory;
    private @Nullable Path temporaryFiles;

    StorageSettings() {}

    /**
     * Sets how executed notebooks are called, with the placeholders {@code {name}}, {@code {timestamp}}, {@code {date}} (both
     * UTC), {@code {id}} and {@code {owner}}, and {@code /} between folders. A file that is there is never overwritten: the new
     * one gets {@code -2}, {@code -3}, … What an executor of other files leaves keeps its own extension instead of
     * {@code .ipynb}. Default: {@code {name}_exec_{timestamp}_{id}.ipynb}.
     */
    public StorageSettings outputTemplate(String template) {
        Objects.requireNonNull(template, "template");
        outputTemplate = OutputTemplate.parse(template);
        return this;
    }

    /**
     * Sets the private folder in which executions make themselves known. Default: {@code $NBGUARD_RUNTIME_DIR}, else
     * {@code $XDG_RUNTIME_DIR/nbguard}, else {@code nbguard-UID} in the folder for temporary files.
     */
    public StorageSettings runtimeDirectory(Path folder) {
        runtimeDirectory = folder.toAbsolutePath().normalize();
        return this;
    }

    /**
     * Sets where every execution gets its private folder for temporary files. Default: {@code java.io.tmpdir}. On a tmpfs,
     * what notebooks write there is memory of the node. What guards of this user that were killed have left there is
     * removed when the guard is made.
     */
    public StorageSettings temporaryFiles(Path folder) {
        Objects.requireNonNull(folder, "folder");
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("folder for temporary files '" + folder + "' is not a folder");
        }
        temporaryFiles = folder.toAbsolutePath().normalize();
        return this;
    }

    /**
     * What is set.
     *
     * @param outputTemplate how executed notebooks are called
     * @param runtimeDirectory where executions make themselves known; the usual folder where it is empty
     * @param temporaryFiles where executions get their folders for temporary files
     */
    record Values(OutputTemplate outputTemplate, Optional<Path> runtimeDirectory, Path temporaryFiles) {}

    Values values() {
        return new Values(
                outputTemplate,
                Optional.ofNullable(runtimeDirectory),
                temporaryFiles == null ? Path.of(System.getProperty("java.io.tmpdir", "/tmp")) : temporaryFiles);
    }
}
