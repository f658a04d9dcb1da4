package io.nbguard.core.executor;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import io.nbguard.spi.executor.Executor;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the names of files end in that a guard's executor runs. */
public final class Extensions {

    /** Those of Jupyter notebooks. */
    public static final Extensions NOTEBOOKS = new Extensions(Set.of("ipynb"));

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*");

    private final List<String> endings;

    private Extensions(Set<String> extensions) {
        endings = new TreeSet<>(extensions).stream().map(text -> "." + text).toList();
    }

    /**
     * Returns an executor's.
     *
     * @throws GuardException (PLUGIN) if it names none, or one that no file name could end in
     */
    public static Extensions of(Executor executor) {
        Set<String> named;
        try {
            named = executor.extensions();
        } catch (RuntimeException | LinkageError e) {
            throw broken(executor, "it failed: " + e, e);
        }
        if (named == null || named.isEmpty()) {
            throw broken(executor, "there are none", null);
        }
        for (String extension : named) {
            if (extension == null || !FORM.matcher(extension).matches()) {
                throw broken(executor, "'" + extension + "' is none", null);
            }
        }
        return new Extensions(named);
    }

    /** Returns those of several executors. */
    static Extensions together(List<Extensions> several) {
        Set<String> all = new TreeSet<>();
        several.forEach(one -> one.endings.forEach(ending -> all.add(ending.substring(1))));
        return new Extensions(all);
    }

    private static GuardException broken(Executor executor, String why, @Nullable Throwable cause) {
        return new GuardException(
                ErrorCode.PLUGIN,
                "executor '" + executor.name()
                        + "' does not say which files it runs: expected extensions of letters and"
                        + " digits, without a dot, such as ipynb; " + why,
                cause);
    }

    /** Returns whether a file of this name is run. */
    public boolean has(String fileName) {
        return endings.stream().anyMatch(ending -> fileName.endsWith(ending) && fileName.length() > ending.length());
    }

    /** Returns a file name without its extension. */
    public String bare(String fileName) {
        return endings.stream()
                .filter(fileName::endsWith)
                .findFirst()
                .map(ending -> fileName.substring(0, fileName.length() - ending.length()))
                .orElse(fileName);
    }

    /** Returns them for a person, such as {@code .ipynb or .sh}. */
    @Override
    public String toString() {
        return String.join(" or ", endings);
    }
}
