package io.nbguard.api.resource;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.BitSet;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** CPUs of a machine, by number. Immutable; never empty. */
public final class CpuSet {

    /** The most CPUs that Linux can be built for. */
    public static final int MOST_CPUS = 8192;

    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    private final BitSet cpus;

    private CpuSet(BitSet cpus) {
        this.cpus = cpus;
    }

    /**
     * Reads a list of numbers and ranges, such as {@code 0-3,8}.
     *
     * @throws IllegalArgumentException if {@code text} names no CPU, has another form, or has a range that goes backwards
     */
    public static CpuSet parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("the set of CPUs is empty: " + expected());
        }
        BitSet cpus = new BitSet();
        for (String part : text.strip().split(",", -1)) {
            Matcher matcher = RANGE.matcher(part.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a set of CPUs, because of '" + part + "': " + expected());
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first) {
                throw new IllegalArgumentException("the range '" + part + "' of the set of CPUs '" + text
                        + "' ends before it begins: expected '" + last + "-" + first + "'");
            }
            if (last >= MOST_CPUS) {
                throw new IllegalArgumentException("there is no CPU " + last + ", of the set of CPUs '" + text
                        + "': expected numbers of 0 to " + (MOST_CPUS - 1));
            }
            cpus.set(first, last + 1);
        }
        return new CpuSet(cpus);
    }

    private static String expected() {
        return "expected numbers and ranges with commas between them, such as 0-3,8";
    }

    /** Returns how many CPUs it has. */
    public int size() {
        return cpus.cardinality();
    }

    /** Returns the highest number of a CPU in it. */
    public int highest() {
        return cpus.length() - 1;
    }

    /** Returns whether it has the CPU with number {@code cpu}. */
    public boolean contains(int cpu) {
        return cpu >= 0 && cpus.get(cpu);
    }

    /** Returns whether every CPU of {@code other} is in it. */
    public boolean containsAll(CpuSet other) {
        BitSet beyond = (BitSet) other.cpus.clone();
        beyond.andNot(cpus);
        return beyond.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpuSet set && cpus.equals(set.cpus);
    }

    @Override
    public int hashCode() {
        return cpus.hashCode();
    }

    /** Returns the shortest form of it that {@link #parse} reads, such as {@code 0-3,8}. */
    @JsonValue
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(",");
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            int end = cpus.nextClearBit(first);
            text.add(end == first + 1 ? Integer.toString(first) : first + "-" + (end - 1));
            first = cpus.nextSetBit(end);
        }
        return text.toString();
    }
}
