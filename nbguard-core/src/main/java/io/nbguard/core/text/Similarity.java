package io.nbguard.core.text;

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

    /** Returns how many letters must be added, removed or changed to make {@code a} of {@code b} (Levenshtein). */
    public static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
