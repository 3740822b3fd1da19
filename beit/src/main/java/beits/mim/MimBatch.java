package beits.mim;

/**
 * A batch of masked image modelling.
 *
 * @param images normalised pictures [batch, channels, height, width]
 * @param mask whether a patch is hidden [batch, patches]
 * @param tokens visual tokens of all patches [batch, patches]
 */
public record MimBatch(float[] images, boolean[] mask, int[] tokens) {
    public MimBatch {
        if (mask.length != tokens.length) {
            throw new IllegalArgumentException("%d mask entries for %d tokens".formatted(mask.length, tokens.length));
        }
    }

    /** Number of hidden patches. */
    public int masked() {
        int count = 0;
        for (boolean hidden : mask) {
            count += hidden ? 1 : 0;
        }
        return count;
    }
}
