package beits.recipe;

import beits.mim.MimTarget;
import org.jspecify.annotations.Nullable;

/**
 * Pre-training by masked image modelling.
 *
 * @param data its pictures; labels are not looked at
 * @param model shape of the encoder
 * @param tokenizer checkpoint of the tokenizer
 * @param initFrom checkpoint of any layout to start the encoder from, or none to start from scratch
 * @param mask which patches are hidden
 * @param target what is recovered of a picture with hidden patches
 * @param augmentation what happens to pictures
 * @param imagenetMeanAndStd whether the patch view is normalised by ImageNet's mean and deviation instead of 0.5
 * @param optim AdamW
 * @param run how the run is kept
 */
public record PretrainRecipe(
        DataRecipe data,
        ModelRecipe model,
        @Nullable String tokenizer,
        @Nullable String initFrom,
        MaskRecipe mask,
        MimTarget target,
        AugmentationRecipe augmentation,
        boolean imagenetMeanAndStd,
        OptimRecipe optim,
        RunRecipe run) {
    public PretrainRecipe {
        Check.imagenetConstants(imagenetMeanAndStd, model);
        model.checkBatch(optim);
        int patches = model.config().patches();
        Check.that(
                mask.maskPatches() <= patches,
                "mask.maskPatches",
                mask.maskPatches(),
                "at most the %d patches of a %d-pixel picture with %d-pixel patches"
                        .formatted(patches, model.imageSize(), model.patchSize()));
    }

    /** The same with another seed. */
    public PretrainRecipe withSeed(long seed) {
        return new PretrainRecipe(
                data,
                model,
                tokenizer,
                initFrom,
                mask,
                target,
                augmentation,
                imagenetMeanAndStd,
                optim,
                run.withSeed(seed));
    }
}
