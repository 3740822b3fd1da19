package beits.recipe;

import beits.optim.Optimiser;
import beits.optim.Schedules;

/**
 * AdamW with warm-up and cosine.
 *
 * @param batchSize pictures of a micro-batch
 * @param updateFreq micro-batches of a step
 * @param epochs passes over the data
 * @param lr peak learning rate, for the batch as it is
 * @param minLr learning rate that the cosine approaches
 * @param warmupEpochs epochs of linear warm-up
 * @param warmupSteps steps of warm-up when above 0
 * @param weightDecay at the start
 * @param weightDecayEnd at the end
 * @param beta1 AdamW
 * @param beta2 AdamW
 * @param eps AdamW
 * @param clipGrad largest gradient norm, 0 for no clipping
 * @param layerDecay factor of the learning rate from a layer to the one below, 1 for none
 * @param modelEma decay of the moving average of the weights, 0 for none
 */
public record OptimRecipe(
        int batchSize,
        int updateFreq,
        int epochs,
        double lr,
        double minLr,
        int warmupEpochs,
        int warmupSteps,
        double weightDecay,
        double weightDecayEnd,
        double beta1,
        double beta2,
        double eps,
        double clipGrad,
        double layerDecay,
        double modelEma) {
    public OptimRecipe {
        Check.that(batchSize >= 1, "optim.batchSize", batchSize, "at least 1");
        Check.that(updateFreq >= 1, "optim.updateFreq", updateFreq, "at least 1");
        Check.countable("optim.updateFreq", updateFreq, "pictures of a step", (double) batchSize * updateFreq);
        Check.that(epochs >= 1, "optim.epochs", epochs, "at least 1");
        Check.that(lr > 0, "optim.lr", lr, "above 0");
        Check.that(minLr >= 0 && minLr <= lr, "optim.minLr", minLr, "between 0 and lr " + lr);
        Check.that(
                warmupEpochs >= 0 && warmupEpochs <= epochs,
                "optim.warmupEpochs",
                warmupEpochs,
                "between 0 and epochs " + epochs);
        Check.that(weightDecay >= 0, "optim.weightDecay", weightDecay, "0 or above");
        Check.that(weightDecayEnd >= 0, "optim.weightDecayEnd", weightDecayEnd, "0 or above");
        Check.that(layerDecay > 0 && layerDecay <= 1, "optim.layerDecay", layerDecay, "in (0, 1]");
        try {
            new Optimiser.Settings(beta1, beta2, eps, clipGrad, modelEma);
        } catch (IllegalArgumentException e) {
            // The recipe has the official names.
            String message =
                    String.valueOf(e.getMessage()).replace("epsilon", "eps").replace("averageDecay", "modelEma");
            throw new IllegalArgumentException("optim." + message, e);
        }
    }

    /** Settings of the optimiser. */
    public Optimiser.Settings settings() {
        return new Optimiser.Settings(beta1, beta2, eps, clipGrad, modelEma);
    }

    /** Learning rate of every step. */
    public double[] learningRates(int stepsPerEpoch) {
        return Schedules.cosine(lr, minLr, epochs, stepsPerEpoch, warmupEpochs, 0, warmupSteps);
    }

    /** Weight decay of every step. */
    public double[] weightDecays(int stepsPerEpoch) {
        return Schedules.cosine(weightDecay, weightDecayEnd, epochs, stepsPerEpoch, 0, 0, 0);
    }
}
