package io.nbguard.cli;

import io.nbguard.cli.terminal.Interruption;
import io.nbguard.cli.terminal.Terminal;
import java.nio.file.Path;

/**
 * What a command works with.
 *
 * @param out standard output: results
 * @param err standard error: everything that is not a result
 * @param interruption what to do on Ctrl-C
 * @param folder the current folder, absolute
 */
record Surroundings(Terminal out, Terminal err, Interruption interruption, Path folder) {}
