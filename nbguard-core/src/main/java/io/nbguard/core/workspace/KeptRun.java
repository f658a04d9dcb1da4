package io.nbguard.core.workspace;

import io.nbguard.spi.executor.ExecutionHandle;

/**
 * An execution that outlives its guard, as that has left it for another one.
 *
 * @param folders where its files are
 * @param handle what finds it again
 */
public record KeptRun(RunFolders folders, ExecutionHandle handle) {}
