package io.nbguard.core.workspace;

import io.nbguard.api.ExecutionId;
import java.nio.file.Path;

/**
 * Where an execution leaves its files while it runs.
 *
 * @param temporary the private folder for temporary files
 * @param staging the private folder in which the executed notebook grows
 * @param output the file that the executed notebook is to become
 */
public record RunFolders(Path temporary, Path staging, Path output) {

    /** What the names of staging folders begin with. */
    public static final String STAGING = ".nbguard-";

    /** What the names of folders for temporary files begin with. */
    public static final String TEMPORARY = "nbguard-";

    public static String temporaryName(ExecutionId id) {
        return TEMPORARY + id.value();
    }

    public static String stagingName(ExecutionId id) {
        return STAGING + id.value();
    }
}
