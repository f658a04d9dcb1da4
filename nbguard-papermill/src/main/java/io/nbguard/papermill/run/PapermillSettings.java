package io.nbguard.papermill.run;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.Setting;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How long papermill's kernels may take, whole seconds.
 *
 * @param kernelTimeout to become ready
 * @param exitTimeout to end by themselves after the last cell
 */
public record PapermillSettings(Duration kernelTimeout, Duration exitTimeout) {

    /** The setting for {@link #kernelTimeout}. */
    public static final String KERNEL_TIMEOUT = "papermill.kernel.timeout";

    /** The setting for {@link #exitTimeout}. */
    public static final String EXIT_TIMEOUT = "papermill.exit.timeout";

    private static final String USUAL_KERNEL_TIMEOUT = "PT2M";
    private static final String USUAL_EXIT_TIMEOUT = "PT30S";

    /** All of them. */
    public static final List<Setting> SETTINGS = List.of(
            new Setting(
                    KERNEL_TIMEOUT,
                    "`" + USUAL_KERNEL_TIMEOUT + "`",
                    "How long a kernel may take to start, such as one on a network disk: an ISO 8601 duration from `PT1S` to"
                            + " `P1D`."),
            new Setting(
                    EXIT_TIMEOUT,
                    "`" + USUAL_EXIT_TIMEOUT + "`",
                    "How long a kernel may take to end after the last cell, as for an `atexit` handler that uploads something:"
                            + " an ISO 8601 duration from `PT1S` to `P1D`. What is cut off is said in the record."));

    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * Reads the settings.
     *
     * @throws GuardException {@code INVALID_REQUEST} if one of them is no duration, or too short or long
     */
    public static PapermillSettings of(Map<String, String> configuration) {
        return new PapermillSettings(
                seconds(KERNEL_TIMEOUT, configuration.getOrDefault(KERNEL_TIMEOUT, USUAL_KERNEL_TIMEOUT)),
                seconds(EXIT_TIMEOUT, configuration.getOrDefault(EXIT_TIMEOUT, USUAL_EXIT_TIMEOUT)));
    }

    private static Duration seconds(String name, String text) {
        Duration time;
        try {
            time = Duration.parse(text.strip());
        } catch (DateTimeException e) {
            throw invalid(name, text, "an ISO 8601 duration such as PT90S or PT5M");
        }
        if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(LONGEST) > 0) {
            throw invalid(name, text, "from PT1S to P1D");
        }
        // Papermill knows whole seconds; nobody shall get less than was asked for.
        return time.getNano() == 0 ? time : Duration.ofSeconds(time.getSeconds() + 1);
    }

    private static GuardException invalid(String name, String text, String expected) {
        return new GuardException(ErrorCode.INVALID_REQUEST, name + " is '" + text + "': expected " + expected);
    }
}
