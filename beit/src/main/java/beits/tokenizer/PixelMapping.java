package beits.tokenizer;

/** What a tokenizer wants pixels in [0, 1] to be mapped to (official {@code datasets.DataAugmentationForBEiT}). */
public enum PixelMapping {
    /** Mean and deviation 0.5 taken off: {@code (x − 0.5) / 0.5}; for an own dVAE. */
    CENTRED(2, -1),
    /** {@code 0.8·x + 0.1}: keeps away from the ends of the logistic function (DALL-E {@code map_pixels}). */
    DALL_E(0.8, 0.1);

    private final double factor;
    private final double offset;

    PixelMapping(double factor, double offset) {
        this.factor = factor;
        this.offset = offset;
    }

    /** A pixel in [0, 1] as the tokenizer wants it. */
    public double map(double pixel) {
        return factor * pixel + offset;
    }

    /** A pixel of the tokenizer as a value in [0, 1], cut off there (DALL-E {@code unmap_pixels}). */
    public double unmap(double value) {
        return Math.clamp((value - offset) / factor, 0, 1);
    }

    /** Maps pixels in [0, 1] in place. */
    public void map(float[] pixels) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) map(pixels[i]);
        }
    }

    /** Takes the mapping back in place. */
    public void unmap(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) unmap(values[i]);
        }
    }
}
