package beits.benchmark;

import java.util.Arrays;

/**
 * Times of repeated runs, or their ratios.
 *
 * @param seconds one entry a run, in order
 */
public record Timing(double[] seconds) {
    /** Quotients, round by round. */
    public static Timing ratio(double[] numerators, double[] denominators) {
        double[] ratios = new double[numerators.length];
        Arrays.setAll(ratios, i -> numerators[i] / denominators[i]);
        return new Timing(ratios);
    }

    /** The middle time. */
    public double median() {
        return quantile(0.5);
    }

    /** The time that a share of the runs stays under. */
    public double quantile(double share) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        double at = share * (sorted.length - 1);
        int low = (int) at;
        int high = Math.min(low + 1, sorted.length - 1);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }

    /** Half the distance between the quartiles, by the median. */
    public double spread() {
        return (quantile(0.75) - quantile(0.25)) / 2 / median();
    }
}
