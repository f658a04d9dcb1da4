package io.nbguard.api.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** How alike two names are, for "did you mean". */
public final class Similarity {

    private static final int LONGEST = 200;

    private Similarity() {}

    /** Returns whether one may have been meant by the other: a third of the letters may differ. */
    public static boolean isNear(String asked, String name) {
        if (asked.length() > LONGEST || name.length() > LONGEST) {
            return false;
        }
        return distance(asked, name) <= Math.max(1, Math.max(asked.length(), name.length()) / 3);
    }

    /** Returns the name that was most likely meant by {@code asked}, if one is near. */
    public static Optional<String> nearest(String asked, Collection<String> names) {
        return names.stream()
                .filter(name -> isNear(asked, name))
                .min(Comparator.comparingInt(name -> distance(asked, name)));
    }

    /**
     * Returns how many letters must be added, removed or changed, or neighbours swapped, to make {@code a} of {@code b}
     * (optimal string alignment).
     */
    public static int distance(String a, String b) {
        int[] twoBefore = new int[b.length() + 1];
        int[] before = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] free = twoBefore;
            twoBefore = before;
            before = row;
            row = free;
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(before[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], twoBefore[j - 2] + 1);
                }
            }
        }
        return row[b.length()];
    }
}
