package beits.job;

import beits.autograd.Layout;
import beits.mim.MimBatch;
import beits.mim.MimObjective;
import beits.mim.MimTarget;
import beits.mim.PixelObjective;
import beits.model.BeitConfig;
import beits.model.MaskedImageModel;
import beits.recipe.PretrainRecipe;
import beits.train.Objective;

/**
 * The model that a pre-training recipe trains, and what for.
 *
 * @param model whose head has a value for each visual token, or for each pixel of a patch where pixels are the target
 * @param objective by the recipe's target
 */
public record MimTraining(MaskedImageModel model, Objective<MimBatch> objective) {
    /**
     * Creates both.
     *
     * @param layout without other parameters
     * @param vocabulary number of visual tokens; not looked at where pixels are the target
     */
    public static MimTraining of(PretrainRecipe recipe, Layout layout, int vocabulary) {
        BeitConfig config = recipe.model().config();
        boolean pixels = recipe.target() == MimTarget.MASKED_PIXELS;
        MaskedImageModel model =
                new MaskedImageModel(layout, config, pixels ? PixelObjective.outputs(config) : vocabulary);
        int batch = recipe.optim().batchSize();
        int maskPatches = recipe.mask().maskPatches();
        long seed = recipe.run().seed();
        return new MimTraining(
                model,
                switch (recipe.target()) {
                    case MASKED_TOKENS -> new MimObjective(layout, model, batch, maskPatches, seed);
                    case ALL_TOKENS -> new MimObjective(layout, model, batch, maskPatches, true, seed);
                    case MASKED_PIXELS -> new PixelObjective(layout, model, batch, maskPatches, seed);
                });
    }
}
