package beits.tokenizer;

/**
 * Shape of the trainable dVAE (official {@code modeling_discrete_vae.DiscreteVAE}).
 *
 * @param imageSize side of a square picture in pixels, a multiple of 2^layers
 * @param channels of a picture
 * @param tokens K, words of the codebook
 * @param codebookDim width of a word
 * @param layers stages; each halves the side of the map
 * @param hiddenDim channels of the feature maps
 * @param resBlocks residual blocks of a stage; the official code has 1
 */
public record DiscreteVaeConfig(
        int imageSize, int channels, int tokens, int codebookDim, int layers, int hiddenDim, int resBlocks) {

    /** The shape that the official factory makes for 112 x 112 pictures: 14 x 14 tokens of 8192 words. */
    public static final DiscreteVaeConfig OFFICIAL = new DiscreteVaeConfig(112, 3, 8192, 512, 3, 64, 1);

    public DiscreteVaeConfig {
        require(layers >= 1 && layers <= 8, "layers", layers, "in 1 to 8");
        require(channels >= 1, "channels", channels, "at least 1");
        require(tokens >= 2, "tokens", tokens, "at least 2");
        require(codebookDim >= 1, "codebookDim", codebookDim, "at least 1");
        require(hiddenDim >= 1, "hiddenDim", hiddenDim, "at least 1");
        require(resBlocks >= 0, "resBlocks", resBlocks, "0 for none, or above");
        require(
                imageSize >= 1 << layers && imageSize % (1 << layers) == 0,
                "imageSize",
                imageSize,
                "a multiple of 2^layers = " + (1 << layers));
    }

    private static void require(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(field + " = " + value + " must be " + rule);
        }
    }

    /** Tokens along one side of a picture. */
    public int grid() {
        return imageSize >> layers;
    }
}
