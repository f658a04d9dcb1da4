package io.nbguard.spi;

import java.util.regex.Pattern;

/**
 * A setting of a guard that a plugin reads.
 *
 * @param key its name, such as {@code papermill.python}: two or more words of lower-case letters, digits and {@code -}, with
 *     dots between them, the first of which tells whose it is
 * @param usual what holds where it is not set, for a person
 * @param meaning what it does and which values it takes, in a sentence or two for a person
 */
public record Setting(String key, String usual, String meaning) {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)+");

    /**
     * Checks the key.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public Setting {
        if (!FORM.matcher(key).matches()) {
            throw new IllegalArgumentException("'" + key
                    + "' is not the key of a setting: expected words of a-z, 0-9 and - with dots between them, such as"
                    + " papermill.python");
        }
    }
}
