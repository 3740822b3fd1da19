package beits.analysis;

/**
 * One feature of many labelled pictures.
 *
 * @param values [pictures, width]
 * @param width values of a picture
 * @param labels class numbers [pictures]
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are the content; features are never compared
public record LabelledFeatures(float[] values, int width, int[] labels) {
    public LabelledFeatures {
        if (width < 1 || (long) labels.length * width != values.length) {
            throw new IllegalArgumentException(
                    "%d values for %d pictures of %d".formatted(values.length, labels.length, width));
        }
    }

    /** Number of pictures. */
    public int pictures() {
        return labels.length;
    }

    /**
     * Each dimension shifted and divided to mean 0 and deviation 1 over the pictures of {@code reference}; a constant dimension is only
     * shifted.
     */
    LabelledFeatures standardised(LabelledFeatures reference) {
        double[] mean = new double[width];
        double[] square = new double[width];
        for (int i = 0; i < reference.values.length; i++) {
            mean[i % width] += (double) reference.values[i] / reference.pictures();
        }
        for (int i = 0; i < reference.values.length; i++) {
            double centred = reference.values[i] - mean[i % width];
            square[i % width] += centred * centred / reference.pictures();
        }
        float[] scaled = new float[values.length];
        for (int i = 0; i < scaled.length; i++) {
            int d = i % width;
            double deviation = square[d] > 0 ? Math.sqrt(square[d]) : 1;
            scaled[i] = (float) ((values[i] - mean[d]) / deviation);
        }
        return new LabelledFeatures(scaled, width, labels);
    }

    /** Each picture's values divided by their norm. */
    LabelledFeatures normalised() {
        float[] scaled = new float[values.length];
        for (int i = 0; i < pictures(); i++) {
            double square = 0;
            for (int d = 0; d < width; d++) {
                square += (double) values[i * width + d] * values[i * width + d];
            }
            double norm = square > 0 ? Math.sqrt(square) : 1;
            for (int d = 0; d < width; d++) {
                scaled[i * width + d] = (float) (values[i * width + d] / norm);
            }
        }
        return new LabelledFeatures(scaled, width, labels);
    }
}
