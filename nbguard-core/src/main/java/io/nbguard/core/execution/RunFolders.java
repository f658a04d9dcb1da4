package io.nbguard.core.execution;

import java.nio.file.Path;

/**
 * Where an execution leaves its files while it runs.
 *
 * @param temporary the private folder for temporary files
 * @param staging the private folder in which the executed notebook grows
 * @param output the file that the executed notebook is to become
 */
public record RunFolders(Path temporary, Path staging, Path output) {}
