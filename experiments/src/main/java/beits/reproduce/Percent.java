package beits.reproduce;

import java.util.Locale;

/** Shares as percentages. */
final class Percent {
    private Percent() {}

    /** With one decimal. */
    static String of(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
