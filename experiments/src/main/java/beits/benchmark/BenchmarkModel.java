package beits.benchmark;

import beits.model.BeitConfig;

/**
 * A model to be timed.
 *
 * @param name on the command line
 * @param config its shape
 * @param vocabulary visual tokens
 * @param maskPatches masked patches of every picture
 */
public record BenchmarkModel(String name, BeitConfig config, int vocabulary, int maskPatches) {
    /** 28x28 grey pictures, patch 4, width 128, depth 4. */
    public static final BenchmarkModel TINY = new BenchmarkModel(
            "tiny", new BeitConfig(28, 28, 4, 1, 128, 4, 4, 4, true, false, true, false, 0.1, 0), 512, 20);

    /** BEiT-base, 224x224, 8192 visual tokens. */
    public static final BenchmarkModel BASE = new BenchmarkModel("base", BeitConfig.BASE, 8192, 75);

    /** BEiT-large, 224x224, 8192 visual tokens. */
    public static final BenchmarkModel LARGE = new BenchmarkModel("large", BeitConfig.LARGE, 8192, 75);

    /** The same model with another number of blocks. */
    public BenchmarkModel withDepth(int depth) {
        return new BenchmarkModel(
                name,
                new BeitConfig(
                        config.imageHeight(),
                        config.imageWidth(),
                        config.patchSize(),
                        config.channels(),
                        config.width(),
                        depth,
                        config.heads(),
                        config.mlpRatio(),
                        config.qkvBias(),
                        config.absolutePositions(),
                        config.sharedRelativeBias(),
                        config.blockRelativeBias(),
                        config.layerScale(),
                        config.dropPath()),
                vocabulary,
                maskPatches);
    }

    /**
     * The model of this name.
     *
     * @throws IllegalArgumentException when there is none, naming those there are
     */
    public static BenchmarkModel of(String name) {
        return switch (name) {
            case "tiny" -> TINY;
            case "base" -> BASE;
            case "large" -> LARGE;
            default -> throw new IllegalArgumentException("--model " + name + ": unknown; use tiny, base or large");
        };
    }
}
