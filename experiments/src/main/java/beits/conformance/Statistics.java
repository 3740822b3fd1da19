package beits.conformance;

import java.util.Arrays;

/**
 * Summary of many values.
 *
 * @param count how many
 * @param mean their mean
 * @param deviation population standard deviation
 * @param min smallest
 * @param max largest
 * @param norm root of the sum of squares
 */
record Statistics(long count, double mean, double deviation, double min, double max, double norm) {
    static Statistics of(double[] values) {
        double sum = 0;
        double squares = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            sum += value;
            squares += value * value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        double mean = sum / values.length;
        double spread = 0;
        for (double value : values) {
            spread += (value - mean) * (value - mean);
        }
        return new Statistics(values.length, mean, Math.sqrt(spread / values.length), min, max, Math.sqrt(squares));
    }

    static Statistics of(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return of(wide);
    }

    /** Largest magnitude. */
    double largest() {
        return Math.max(Math.abs(min), Math.abs(max));
    }

    /** Standard error of the mean. */
    double standardError() {
        return deviation / Math.sqrt(count);
    }
}
