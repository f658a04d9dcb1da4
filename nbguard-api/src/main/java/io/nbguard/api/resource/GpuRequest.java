package io.nbguard.api.resource;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Which GPUs are asked for. The text of each is what {@link #parse} reads. */
public sealed interface GpuRequest {

    /** No GPU, even where one is usual. */
    GpuRequest NONE = new Any(0);

    /** All GPUs that there are. */
    GpuRequest ALL = new All();

    /** Returns how many GPUs that is; empty for all that there are. */
    OptionalInt count();

    /**
     * Any GPUs.
     *
     * @param number how many, 0 or more
     */
    record Any(int number) implements GpuRequest {

        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Any {
            if (number < 0) {
                throw new IllegalArgumentException(number + " is not a number of GPUs: expected 0 or more");
            }
        }

        @Override
        public OptionalInt count() {
            return OptionalInt.of(number);
        }

        @Override
        public String toString() {
            return number == 0 ? "none" : Integer.toString(number);
        }
    }

    /**
     * These GPUs and no others.
     *
     * @param ids indices such as {@code 0}, or ids of the driver such as {@code GPU-4a2f…}; one or more, each once
     */
    record These(List<String> ids) implements GpuRequest {

        /**
         * Checks the ids.
         *
         * @throws IllegalArgumentException if there is none, one is there twice, or one is no id
         */
        public These {
            ids = List.copyOf(ids);
            if (ids.isEmpty()) {
                throw new IllegalArgumentException("the list of GPUs is empty: expected ids, or 0 for no GPU");
            }
            Set<String> seen = new HashSet<>();
            for (String id : ids) {
                if (!seen.add(ResourceChecks.deviceName(id))) {
                    throw new IllegalArgumentException(
                            "GPU '" + id + "' is asked for twice: expected each once in " + ids);
                }
            }
        }

        @Override
        public OptionalInt count() {
            return OptionalInt.of(ids.size());
        }

        @Override
        public String toString() {
            return "device=" + String.join(",", ids);
        }
    }

    /** All GPUs that there are. */
    record All() implements GpuRequest {
        @Override
        public OptionalInt count() {
            return OptionalInt.empty();
        }

        @Override
        public String toString() {
            return "all";
        }
    }

    /** Returns a request for {@code number} GPUs, whichever are free. */
    static GpuRequest any(int number) {
        return new Any(number);
    }

    /** Returns a request for these GPUs; {@link #NONE} if the list is empty. */
    static GpuRequest these(List<String> ids) {
        return ids.isEmpty() ? NONE : new These(ids);
    }

    /**
     * Reads {@code 2} (any two), {@code all}, {@code none}, or {@code device=0,GPU-4a2f} (these), as {@code docker run} takes it.
     *
     * @throws IllegalArgumentException if {@code text} has another form
     */
    static GpuRequest parse(String text) {
        String asked = text.strip();
        if (asked.equals("all")) {
            return ALL;
        }
        if (asked.equals("none")) {
            return NONE;
        }
        if (asked.startsWith("device=")) {
            return new These(ids(asked.substring("device=".length())));
        }
        if (asked.matches("\\d{1,6}")) {
            return new Any(Integer.parseInt(asked));
        }
        throw new IllegalArgumentException(
                "'" + text + "' is not a number of GPUs: expected a number, 'all', 'none', or ids as in 'device=0,1'");
    }

    /** Returns the ids of a list with commas. */
    static List<String> ids(String text) {
        return text.isBlank()
                ? List.of()
                : List.of(text.split(",", -1)).stream().map(String::strip).toList();
    }
}
