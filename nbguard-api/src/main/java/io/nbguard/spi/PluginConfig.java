package io.nbguard.spi;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The values of a guard's settings. A guard reads each of them once before it opens a plugin, so that none that a plugin gets
 * from a guard is mistyped.
 *
 * @param values what is set, by key, as it was written
 */
public record PluginConfig(Map<String, String> values) {

    /** Nothing is set. */
    public static final PluginConfig EMPTY = new PluginConfig(Map.of());

    /** Copies the map. */
    public PluginConfig {
        values = Map.copyOf(values);
    }

    /**
     * Returns the value of a setting: what is set, else what the setting says holds where it is not.
     *
     * @throws GuardException (INVALID_REQUEST) if it is mistyped; the message names the key, the value and what was expected
     * @throws IllegalStateException if it is not set and has no usual value; {@link #find} is for those
     */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new IllegalStateException(
                        "the setting " + setting.key() + " is not set and has no usual value"));
    }

    /**
     * Returns the value of a setting, as {@link #get} does; empty if it is not set and has no usual value.
     *
     * @throws GuardException (INVALID_REQUEST) if it is mistyped
     */
    public <T> Optional<T> find(Setting<T> setting) {
        String text = values.get(setting.key());
        if (text == null) {
            return setting.usualValue();
        }
        try {
            return Optional.of(setting.parse(text));
        } catch (IllegalArgumentException e) {
            throw new GuardException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns the keys without the values, of which one may be a password. */
    @Override
    public String toString() {
        return "PluginConfig" + new TreeSet<>(values.keySet());
    }
}
