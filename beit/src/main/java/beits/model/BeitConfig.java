package beits.model;

/**
 * Shape of the image Transformer (paper §2.2; sizes §2.5 and Table 12; official {@code modeling_finetune.VisionTransformer}).
 *
 * @param imageHeight pixels
 * @param imageWidth pixels
 * @param patchSize side of a square patch in pixels
 * @param channels of a picture
 * @param width D, of a token
 * @param depth L, number of blocks
 * @param heads attention heads
 * @param mlpRatio hidden width of the MLP divided by the width
 * @param qkvBias whether queries and values have a bias (keys never do)
 * @param absolutePositions whether a learned position is added to each token
 * @param sharedRelativeBias whether one relative position table serves all blocks (pre-training)
 * @param blockRelativeBias whether each block has a relative position table (fine-tuning)
 * @param layerScale start value of LayerScale, 0 for none
 * @param dropPath drop path rate of the last block; earlier ones grow linearly from 0
 */
public record BeitConfig(
        int imageHeight,
        int imageWidth,
        int patchSize,
        int channels,
        int width,
        int depth,
        int heads,
        double mlpRatio,
        boolean qkvBias,
        boolean absolutePositions,
        boolean sharedRelativeBias,
        boolean blockRelativeBias,
        double layerScale,
        double dropPath) {

    /** Epsilon of every LayerNorm of the official factories. */
    public static final double EPSILON = 1e-6;

    /** BEiT-base as it is pre-trained (official {@code beit_base_patch16_224_8k_vocab} with shared positions). */
    public static final BeitConfig BASE =
            new BeitConfig(224, 224, 16, 3, 768, 12, 12, 4, true, false, true, false, 0.1, 0.1);

    /** BEiT-large as it is pre-trained. */
    public static final BeitConfig LARGE =
            new BeitConfig(224, 224, 16, 3, 1024, 24, 16, 4, true, false, true, false, 1e-5, 0.1);

    public BeitConfig {
        require(patchSize >= 1, "patchSize", patchSize, "at least 1");
        require(channels >= 1, "channels", channels, "at least 1");
        require(depth >= 1, "depth", depth, "at least 1");
        require(heads >= 1, "heads", heads, "at least 1");
        require(
                imageHeight >= patchSize && imageHeight % patchSize == 0,
                "imageHeight",
                imageHeight,
                "a multiple of patchSize " + patchSize);
        require(
                imageWidth >= patchSize && imageWidth % patchSize == 0,
                "imageWidth",
                imageWidth,
                "a multiple of patchSize " + patchSize);
        require(width >= 1 && width % heads == 0, "width", width, "a multiple of heads " + heads);
        require(mlpRatio > 0, "mlpRatio", mlpRatio, "above 0");
        require(layerScale >= 0, "layerScaleInit", layerScale, "0 for none, or above");
        require(dropPath >= 0 && dropPath < 1, "dropPath", dropPath, "in [0, 1)");
    }

    private static void require(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(field + " = " + value + " must be " + rule);
        }
    }

    /** Patches from top to bottom. */
    public int gridHeight() {
        return imageHeight / patchSize;
    }

    /** Patches from left to right. */
    public int gridWidth() {
        return imageWidth / patchSize;
    }

    /** N, patches of a picture. */
    public int patches() {
        return gridHeight() * gridWidth();
    }

    /** Tokens of a picture: patches and the class token. */
    public int tokens() {
        return patches() + 1;
    }

    /** Hidden width of the MLP. */
    public int mlpWidth() {
        return (int) (width * mlpRatio);
    }

    /** Rows of a relative position table. */
    public int relativeRows() {
        return (2 * gridHeight() - 1) * (2 * gridWidth() - 1) + 3;
    }

    /** Drop path rate of block {@code i}: {@code linspace(0, dropPath, depth)[i]} in float32, as PyTorch computes it. */
    public double dropPath(int block) {
        return depth == 1 ? 0 : (float) (dropPath * block / (depth - 1));
    }

    /** The same network with per-block tables and no shared one, as it is fine-tuned. */
    public BeitConfig forFineTuning(double newDropPath) {
        return new BeitConfig(
                imageHeight,
                imageWidth,
                patchSize,
                channels,
                width,
                depth,
                heads,
                mlpRatio,
                qkvBias,
                absolutePositions,
                false,
                sharedRelativeBias || blockRelativeBias,
                layerScale,
                newDropPath);
    }

    /** The same network for pictures of another size. */
    public BeitConfig withImageSize(int height, int newWidth) {
        return new BeitConfig(
                height,
                newWidth,
                patchSize,
                channels,
                width,
                depth,
                heads,
                mlpRatio,
                qkvBias,
                absolutePositions,
                sharedRelativeBias,
                blockRelativeBias,
                layerScale,
                dropPath);
    }
}
