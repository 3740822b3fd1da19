package beits.recipe;

import beits.segmentation.SegmentationConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fine-tuning for semantic segmentation.
 *
 * @param data its pictures
 * @param model shape of the encoder
 * @param initFrom checkpoint to start from, or none to start from scratch
 * @param decoder what stands on the encoder
 * @param blocks blocks, counted from 0: those with an auxiliary head for SETR, the four of the feature pyramid for UPerNet
 * @param channels hidden channels of UPerNet; SETR has 256
 * @param flip whether pictures are mirrored half of the time
 * @param optim AdamW
 * @param run how the run is kept
 */
public record SegmentRecipe(
        Scenes data,
        ModelRecipe model,
        @Nullable String initFrom,
        Decoder decoder,
        List<Integer> blocks,
        int channels,
        boolean flip,
        OptimRecipe optim,
        RunRecipe run) {
    /** Decoders. */
    public enum Decoder {
        SETR_PUP,
        SETR_NAIVE,
        UPERNET
    }

    /**
     * Scenes generated from the bundled pictures.
     *
     * @param training number of scenes to train on
     * @param test number of scenes to measure with
     */
    public record Scenes(int training, int test) {
        public Scenes {
            Check.that(training >= 1, "data.training", training, "at least 1");
            Check.that(test >= 1, "data.test", test, "at least 1");
        }
    }

    public SegmentRecipe {
        blocks = List.copyOf(blocks);
        Check.that(channels >= 1, "channels", channels, "at least 1");
        config(decoder, model, blocks, channels, 2);
    }

    /** The model's configuration for a number of classes. */
    public SegmentationConfig config(int classes) {
        return config(decoder, model, blocks, channels, classes);
    }

    private static SegmentationConfig config(
            Decoder decoder, ModelRecipe model, List<Integer> blocks, int channels, int classes) {
        return switch (decoder) {
            case SETR_PUP -> new SegmentationConfig.Setr(model.config(), classes, true, blocks);
            case SETR_NAIVE -> new SegmentationConfig.Setr(model.config(), classes, false, blocks);
            case UPERNET -> new SegmentationConfig.UperNet(model.config(), classes, blocks, channels, channels);
        };
    }
}
