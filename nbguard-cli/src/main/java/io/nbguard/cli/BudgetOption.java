package io.nbguard.cli;

import io.nbguard.api.measure.ByteSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of every command that runs notebooks: what they may hold together. */
final class BudgetOption {

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            converter = Converters.Size.class,
            description =
                    "The most memory that the notebooks may hold together, such as 800m or 2g. Beyond 15/16 of it,"
                            + " the watchdog ends the heaviest.")
    @Nullable ByteSize size;

    /** Made by picocli. */
    BudgetOption() {}
}
