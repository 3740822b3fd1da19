package beits.recipe;

import beits.model.BeitConfig;

/**
 * Shape of a BEiT encoder.
 *
 * @param imageSize side of a square picture in pixels
 * @param patchSize side of a patch in pixels
 * @param channels 1 for grey, 3 for colour
 * @param width D
 * @param depth L
 * @param heads attention heads
 * @param mlpRatio hidden width of the MLP by the width
 * @param qkvBias whether queries and values have a bias
 * @param absPosEmb learned absolute positions
 * @param relPosBias a relative position table in each block
 * @param sharedRelPosBias one relative position table for all blocks
 * @param layerScaleInit start of LayerScale, 0 for none
 * @param dropPath drop path rate of the last block
 * @param recompute whether training computes the blocks' activations again in the backward pass instead of keeping them: less
 *     memory for more time, the same results
 */
public record ModelRecipe(
        int imageSize,
        int patchSize,
        int channels,
        int width,
        int depth,
        int heads,
        double mlpRatio,
        boolean qkvBias,
        boolean absPosEmb,
        boolean relPosBias,
        boolean sharedRelPosBias,
        double layerScaleInit,
        double dropPath,
        boolean recompute) {
    public ModelRecipe {
        Check.that(channels == 1 || channels == 3, "model.channels", channels, "1 for grey or 3 for colour");
        try {
            config(
                    imageSize,
                    patchSize,
                    channels,
                    width,
                    depth,
                    heads,
                    mlpRatio,
                    qkvBias,
                    absPosEmb,
                    relPosBias,
                    sharedRelPosBias,
                    layerScaleInit,
                    dropPath);
        } catch (IllegalArgumentException e) {
            // The recipe has one size where the network has two.
            String message = String.valueOf(e.getMessage()).replace("imageHeight", "imageSize");
            throw new IllegalArgumentException("model." + message, e);
        }
        double patches = Math.pow(imageSize / patchSize, 2);
        double attention = 4.0 * width * width;
        double mlp = 2.0 * mlpRatio * width * width;
        Check.countable("model.imageSize", imageSize, "values of a picture", picture(imageSize, channels));
        Check.countable("model.imageSize", imageSize, "attention weights of pairs of patches", patches * patches);
        Check.countable("model.width", width, "parameters of a block's attention", attention);
        Check.countable("model.mlpRatio", mlpRatio, "parameters of a block's MLP", mlp);
        Check.countable("model.depth", depth, "parameters of all blocks", depth * (attention + mlp));
    }

    private static double picture(int imageSize, int channels) {
        return (double) imageSize * imageSize * channels;
    }

    /** Refuses a batch whose pictures do not fit into one array. */
    void checkBatch(OptimRecipe optim) {
        Check.countable(
                "optim.batchSize",
                optim.batchSize(),
                "values of a batch of pictures",
                optim.batchSize() * picture(imageSize, channels));
    }

    private static BeitConfig config(
            int imageSize,
            int patchSize,
            int channels,
            int width,
            int depth,
            int heads,
            double mlpRatio,
            boolean qkvBias,
            boolean absPosEmb,
            boolean relPosBias,
            boolean sharedRelPosBias,
            double layerScaleInit,
            double dropPath) {
        return new BeitConfig(
                imageSize,
                imageSize,
                patchSize,
                channels,
                width,
                depth,
                heads,
                mlpRatio,
                qkvBias,
                absPosEmb,
                sharedRelPosBias,
                relPosBias,
                layerScaleInit,
                dropPath);
    }

    /** The encoder's configuration. */
    public BeitConfig config() {
        return config(
                imageSize,
                patchSize,
                channels,
                width,
                depth,
                heads,
                mlpRatio,
                qkvBias,
                absPosEmb,
                relPosBias,
                sharedRelPosBias,
                layerScaleInit,
                dropPath);
    }

    /** The recipe of a configuration with square pictures. */
    public static ModelRecipe of(BeitConfig c) {
        return new ModelRecipe(
                c.imageHeight(),
                c.patchSize(),
                c.channels(),
                c.width(),
                c.depth(),
                c.heads(),
                c.mlpRatio(),
                c.qkvBias(),
                c.absolutePositions(),
                c.blockRelativeBias(),
                c.sharedRelativeBias(),
                c.layerScale(),
                c.dropPath(),
                false);
    }
}
