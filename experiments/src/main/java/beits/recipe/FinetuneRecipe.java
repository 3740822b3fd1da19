package beits.recipe;

import beits.model.ImageClassifier.Pooling;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fine-tuning for classification.
 *
 * @param data its pictures
 * @param labelsPerClass how many labelled pictures of each class, 0 for all
 * @param model shape of the encoder
 * @param initFrom checkpoint to start from, or none to start from scratch
 * @param pooling what the head looks at
 * @param initScale factor of the head's start values
 * @param smoothing label smoothing
 * @param mixup alpha of mixup, 0 for none
 * @param cutmix alpha of CutMix, 0 for none
 * @param mixMode whether mixing is drawn once a batch, for each pair or for each element
 * @param repeatedAugmentation how many differently augmented copies of a picture lie in a batch (Hoffer et al. 2020; timm's
 *     {@code RepeatAugSampler} uses 3); an epoch then shows that many times fewer pictures
 * @param autoAugment augmentation policy by timm's name: {@code rand-m9-mstd0.5-inc1} is the official RandAugment, {@code original} AutoAugment, {@code 3a-j0.3} three-augment; or none
 * @param colorJitter strength of brightness, contrast and saturation jitter (official: 0.4 without a policy); 0 for none
 * @param randomErasing its probability
 * @param flip whether pictures are mirrored half of the time
 * @param minCropArea smallest share of the picture that a random crop keeps; 1 for no crop
 * @param cropPadding pixels of a black border around pictures that have the network's size, out of which a square of that size is cut
 *     (official: 4 for pictures of 32 pixels and less); 0 for none
 * @param imagenetMeanAndStd whether pictures are normalised by ImageNet's mean and deviation instead of 0.5
 * @param relPosDecay whether weight decay applies to the blocks' relative position tables
 * @param optim AdamW
 * @param run how the run is kept
 */
public record FinetuneRecipe(
        DataRecipe data,
        int labelsPerClass,
        ModelRecipe model,
        @Nullable String initFrom,
        Pooling pooling,
        double initScale,
        double smoothing,
        double mixup,
        double cutmix,
        MixMode mixMode,
        int repeatedAugmentation,
        @Nullable String autoAugment,
        double colorJitter,
        double randomErasing,
        boolean flip,
        double minCropArea,
        int cropPadding,
        boolean imagenetMeanAndStd,
        boolean relPosDecay,
        OptimRecipe optim,
        RunRecipe run) {
    private static final Pattern POLICY = Pattern.compile(
            "rand(-(m|n|mstd|inc)\\d+(\\.\\d+)?)*|original(-mstd\\d+(\\.\\d+)?)?|3a(-j\\d+(\\.\\d+)?)?");

    /** How often mixup and CutMix are drawn (timm's {@code mixup_mode}). */
    public enum MixMode {
        BATCH,
        PAIR,
        ELEMENT
    }

    public FinetuneRecipe {
        Check.that(
                !data.source().generated() && data.source() != DataRecipe.Source.UNLABELLED_FOLDER,
                "data.source",
                data.source(),
                "a source with a label for each picture");
        Check.that(
                repeatedAugmentation >= 1 && repeatedAugmentation <= optim.batchSize(),
                "repeatedAugmentation",
                repeatedAugmentation,
                "between 1 for none and optim.batchSize");
        Check.that(labelsPerClass >= 0, "labelsPerClass", labelsPerClass, "0 for all, or above");
        Check.that(smoothing >= 0 && smoothing < 1, "smoothing", smoothing, "in [0, 1)");
        Check.that(mixup >= 0, "mixup", mixup, "0 for none, or above");
        Check.that(cutmix >= 0, "cutmix", cutmix, "0 for none, or above");
        Check.that(
                colorJitter >= 0 && (colorJitter == 0 || autoAugment == null),
                "colorJitter",
                colorJitter,
                "0 for none, or above with autoAugment null");
        Check.that(randomErasing >= 0 && randomErasing <= 1, "randomErasing", randomErasing, "in [0, 1]");
        Check.that(minCropArea > 0 && minCropArea <= 1, "minCropArea", minCropArea, "in (0, 1]");
        Check.that(
                cropPadding >= 0 && (cropPadding == 0 || minCropArea == 1),
                "cropPadding",
                cropPadding,
                "0 for none, or above with minCropArea 1");
        Check.imagenetConstants(imagenetMeanAndStd, model);
        model.checkBatch(optim);
        if (autoAugment != null) {
            Check.that(
                    POLICY.matcher(autoAugment).matches(),
                    "autoAugment",
                    autoAugment,
                    "null, rand-m9-mstd0.5-inc1, original or 3a-j0.3, with numbers of your own");
        }
    }

    /** Whether batches carry class distributions. */
    public boolean mixes() {
        return mixup > 0 || cutmix > 0;
    }

    /** The same with another start, labels, schedule and seed: for comparing arms. */
    public FinetuneRecipe with(int labels, OptimRecipe otherOptim, long seed) {
        return new FinetuneRecipe(
                data,
                labels,
                model,
                initFrom,
                pooling,
                initScale,
                smoothing,
                mixup,
                cutmix,
                mixMode,
                repeatedAugmentation,
                autoAugment,
                colorJitter,
                randomErasing,
                flip,
                minCropArea,
                cropPadding,
                imagenetMeanAndStd,
                relPosDecay,
                otherOptim,
                run.withSeed(seed));
    }
}
