package io.nbguard.cli;

import io.nbguard.api.GuardException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that makes a request for a notebook's execution. */
final class RequestOptions {

    @Option(
            names = {"-p", "--parameter"},
            arity = "2",
            hideParamSyntax = true,
            paramLabel = "NAME VALUE",
            description =
                    "Sets a parameter of the notebook. A VALUE that is JSON has its JSON type: 7 is a number, true a"
                            + " boolean, [1, 2] a list, \"7\" a string. Anything else is a string as it stands, so 007 and"
                            + " yes are strings. Can be repeated.")
    List<String> parameters = new ArrayList<>();

    @Option(
            names = {"-r", "--raw"},
            arity = "2",
            hideParamSyntax = true,
            paramLabel = "NAME TEXT",
            description = "Sets a parameter to a string, whatever it looks like. Can be repeated.")
    List<String> texts = new ArrayList<>();

    @Option(
            names = {"-f", "--parameters-file"},
            paramLabel = "FILE",
            description =
                    "Takes parameters from a JSON object, with exactly its types; - is standard input. -p and -r win"
                            + " over it.")
    @Nullable Path parameterFile;

    @Option(
            names = "--allow-unknown-parameters",
            description =
                    "Sets parameters also if no code of a notebook that has a cell tagged 'parameters' mentions them, which else is"
                            + " taken for a slip.")
    boolean allowUnknownParameters;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Converters.Time.class,
            description = "The longest that it may run, such as 90s, 10m or 1h30m. Default: no limit.")
    @Nullable Duration timeout;

    @Option(
            names = "--executor",
            paramLabel = "NAME",
            description =
                    "The executor that runs it, such as nbguard-papermill; 'nbguard doctor' lists them. Default: the"
                            + " first that runs such a file.")
    @Nullable String executor;

    @Mixin
    LimitOptions limits = new LimitOptions();

    /** Made by picocli. */
    RequestOptions() {}

    /**
     * Returns the notebook's parameters.
     *
     * @param folder the current folder
     * @throws GuardException (INVALID_REQUEST) if the file cannot be read, or does not hold a JSON object
     */
    Map<String, @Nullable Object> parameters(Path folder) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        if (parameterFile != null) {
            all.putAll(ParameterText.file(folder, parameterFile));
        }
        for (int i = 0; i < parameters.size(); i += 2) {
            all.put(parameters.get(i), ParameterText.value(parameters.get(i + 1)));
        }
        for (int i = 0; i < texts.size(); i += 2) {
            all.put(texts.get(i), texts.get(i + 1));
        }
        return all;
    }
}
