package beits.tokenizer;

/**
 * Shape of DALL-E's tokenizer (openai {@code dall_e.Encoder} and {@code Decoder}).
 *
 * @param imageSize side of a square picture in pixels, a multiple of 8
 * @param width channels of the first group of the encoder ({@code n_hid}), a multiple of 4
 * @param decoderInput channels between the token and the first group of the decoder ({@code n_init})
 * @param blocksPerGroup residual blocks of each of the four groups
 * @param vocabulary number of words
 */
public record DallEConfig(int imageSize, int width, int decoderInput, int blocksPerGroup, int vocabulary) {
    /** The published tokenizer for the 112 x 112 pictures of BEiT: 14 x 14 tokens of 8192 words. */
    public static final DallEConfig FULL = new DallEConfig(112, 256, 128, 2, 8192);

    /** Groups of the encoder and of the decoder. */
    static final int GROUPS = 4;

    public DallEConfig {
        require(imageSize >= 8 && imageSize % 8 == 0, "imageSize", imageSize, "a multiple of 8");
        require(width >= 4 && width % 4 == 0, "width", width, "a multiple of 4");
        require(decoderInput >= 1, "decoderInput", decoderInput, "at least 1");
        require(blocksPerGroup >= 1, "blocksPerGroup", blocksPerGroup, "at least 1");
        require(vocabulary >= 2, "vocabulary", vocabulary, "at least 2");
    }

    private static void require(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(field + " = " + value + " must be " + rule);
        }
    }

    /** Weight of a residual branch: one over the square of the number of residual blocks. */
    double branchGain() {
        double blocks = (double) GROUPS * blocksPerGroup;
        return 1 / (blocks * blocks);
    }
}
