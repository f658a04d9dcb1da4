package io.nbguard.papermill.run;

import io.nbguard.spi.PluginConfig;
import io.nbguard.spi.Setting;
import java.time.Duration;
import java.util.List;

/**
 * How long papermill's kernels may take, whole seconds.
 *
 * @param kernelTimeout to become ready
 * @param exitTimeout to end by themselves after the last cell
 */
public record PapermillSettings(Duration kernelTimeout, Duration exitTimeout) {

    /** The setting for {@link #kernelTimeout}. */
    public static final Setting<Duration> KERNEL_TIMEOUT = Setting.duration(
                    "papermill.kernel.timeout", "How long a kernel may take to start, such as one on a network disk.")
            .between("1s", "1d")
            .usually("2m");

    /** The setting for {@link #exitTimeout}. */
    public static final Setting<Duration> EXIT_TIMEOUT = Setting.duration(
                    "papermill.exit.timeout",
                    "How long a kernel may take to end after the last cell, as for an `atexit` handler that uploads"
                            + " something. What is cut off is said in the record.")
            .between("1s", "1d")
            .usually("30s");

    /** All of them. */
    public static final List<Setting<?>> SETTINGS = List.of(KERNEL_TIMEOUT, EXIT_TIMEOUT);

    /**
     * Reads the settings.
     *
     * @throws io.nbguard.api.GuardException {@code INVALID_REQUEST} if one of them is mistyped
     */
    public static PapermillSettings of(PluginConfig configuration) {
        return new PapermillSettings(
                seconds(configuration.get(KERNEL_TIMEOUT)), seconds(configuration.get(EXIT_TIMEOUT)));
    }

    /** Papermill takes whole seconds: rounded up, so that the time is never shorter than requested. */
    private static Duration seconds(Duration time) {
        return time.getNano() == 0 ? time : Duration.ofSeconds(time.getSeconds() + 1);
    }
}
