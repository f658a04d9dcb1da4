package io.nbguard.spi.executor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Takes files to where an execution runs and back, for an engine that does not share this machine's file system. An executor
 * on this machine uses the paths of {@link LaunchContext} instead.
 */
public interface Staging {

    /**
     * Opens the notebook for reading.
     *
     * @throws IOException if it cannot be read any more
     */
    InputStream openNotebook() throws IOException;

    /**
     * Writes a file that the execution has made into the staging folder. A second file of the same name replaces the first, as
     * a whole: what is there is never half of one.
     *
     * @param name its name, without a folder
     * @param content read to its end; not closed
     * @return the file, for {@link ExitReport#output}
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the name is no plain file name
     */
    Path store(String name, InputStream content) throws IOException;
}
