package beits.recipe;

import beits.optim.Schedules;
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
 * @param channels hidden channels of the decoder; the auxiliary head of UPerNet has 256 at most
 * @param classWeights factor of the loss of each class; empty for none
 * @param imagenetMeanAndStd whether pictures are normalised by ImageNet's mean and deviation (released UPerNet models) instead of 0.5
 * @param flip whether pictures are mirrored half of the time
 * @param randomResize whether pictures are resized by a factor between 0.5 and 2 and cropped to what the network reads; pictures of
 *     any size need it
 * @param photometric whether brightness, contrast, saturation and hue vary
 * @param schedule of the learning rate after the warm-up
 * @param optim AdamW
 * @param run how the run is kept
 */
public record SegmentRecipe(
        SegmentDataRecipe data,
        ModelRecipe model,
        @Nullable String initFrom,
        Decoder decoder,
        List<Integer> blocks,
        int channels,
        List<Double> classWeights,
        boolean imagenetMeanAndStd,
        boolean flip,
        boolean randomResize,
        boolean photometric,
        Schedule schedule,
        OptimRecipe optim,
        RunRecipe run) {
    /** Hidden channels of UPerNet's auxiliary head in the released models. */
    private static final int AUXILIARY = 256;

    /** Maps of {@code channels} that UPerNet's widest convolution reads, with a window of 3 x 3. */
    private static final int JOINED_MAPS = 4;

    /** Decoders. */
    public enum Decoder {
        SETR_PUP,
        SETR_NAIVE,
        UPERNET
    }

    /** Learning rate schedules. */
    public enum Schedule {
        /** Half a cosine, as in pre-training and classification. */
        COSINE,
        /** To {@code minLr} along a line, after a warm-up from nearly nothing (mmseg's configuration of BEiT). */
        POLY
    }

    public SegmentRecipe {
        blocks = List.copyOf(blocks);
        classWeights = List.copyOf(classWeights);
        for (double weight : classWeights) {
            Check.that(weight >= 0, "classWeights", weight, "0 or above");
        }
        Check.imagenetConstants(imagenetMeanAndStd, model);
        model.checkBatch(optim);
        Check.that(
                optim.modelEma() == 0, "optim.modelEma", optim.modelEma(), "0: segmentation keeps no averaged weights");
        Check.that(channels >= 1, "channels", channels, "at least 1");
        Check.that(
                decoder != Decoder.UPERNET || optim.batchSize() > 1,
                "optim.batchSize",
                optim.batchSize(),
                "at least 2: UPerNet normalises one value a channel and picture over the batch");
        Check.countable(
                "channels", channels, "parameters of the widest convolution", JOINED_MAPS * 9.0 * channels * channels);
        config(decoder, model, blocks, channels, 2);
    }

    /** The same with another number of training pictures and another seed: for comparing arms. */
    public SegmentRecipe with(int training, long seed) {
        return new SegmentRecipe(
                new SegmentDataRecipe(data.source(), data.path(), training, data.test(), data.skipBroken()),
                model,
                initFrom,
                decoder,
                blocks,
                channels,
                classWeights,
                imagenetMeanAndStd,
                flip,
                randomResize,
                photometric,
                schedule,
                optim,
                run.withSeed(seed));
    }

    /** Learning rate of every step. */
    public double[] learningRates(int stepsPerEpoch) {
        return switch (schedule) {
            case COSINE -> optim.learningRates(stepsPerEpoch);
            case POLY -> {
                int warmup = optim.warmupSteps() > 0 ? optim.warmupSteps() : optim.warmupEpochs() * stepsPerEpoch;
                yield Schedules.poly(
                        optim.lr(), optim.minLr(), Schedules.steps(optim.epochs(), stepsPerEpoch), warmup, 1e-6, 1);
            }
        };
    }

    /** The model's configuration for a number of classes. */
    public SegmentationConfig config(int classes) {
        return config(decoder, model, blocks, channels, classes);
    }

    /** The configuration of a model with such a decoder. */
    public static SegmentationConfig config(
            Decoder decoder, ModelRecipe model, List<Integer> blocks, int channels, int classes) {
        return switch (decoder) {
            case SETR_PUP -> new SegmentationConfig.Setr(model.config(), classes, true, blocks, channels);
            case SETR_NAIVE -> new SegmentationConfig.Setr(model.config(), classes, false, blocks, channels);
            case UPERNET ->
                new SegmentationConfig.UperNet(
                        model.config(), classes, blocks, channels, Math.min(channels, AUXILIARY));
        };
    }
}
