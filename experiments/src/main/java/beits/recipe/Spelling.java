package beits.recipe;

import java.util.Collection;

/** Finds the name that was probably meant. */
final class Spelling {
    private static final int FARTHEST = 3;

    private Spelling() {}

    /** {@code ", did you mean x?"} for the nearest name, or nothing when all are far. */
    static String suggestion(String given, Collection<String> known) {
        String nearest = "";
        int smallest = FARTHEST + 1;
        for (String name : known) {
            int distance = distance(name, given);
            if (distance < smallest) {
                smallest = distance;
                nearest = name;
            }
        }
        return nearest.isEmpty() ? "" : ", did you mean " + nearest + "?";
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
