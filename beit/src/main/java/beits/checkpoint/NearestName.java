package beits.checkpoint;

import java.util.Collection;

/** Finds the name that a reader probably meant. */
final class NearestName {
    private static final int LONGEST = 200;

    private NearestName() {}

    /** The candidate with the fewest insertions, deletions and replacements; empty without candidates. */
    static String of(String name, Collection<String> candidates) {
        String nearest = "";
        int smallest = Integer.MAX_VALUE;
        for (String candidate : candidates) {
            int distance = distance(shortened(name), shortened(candidate));
            if (distance < smallest) {
                smallest = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String shortened(String name) {
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST);
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
