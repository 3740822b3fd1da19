package beits.recipe;

import beits.tokenizer.DiscreteVaeConfig;
import beits.tokenizer.DiscreteVaeLoss;

/**
 * Training of a dVAE tokenizer.
 *
 * @param data its pictures
 * @param model shape of the dVAE
 * @param loss what it is trained for
 * @param temperature of the Gumbel-softmax at the start
 * @param temperatureEnd at the end
 * @param flip whether pictures are mirrored half of the time
 * @param optim AdamW
 * @param run how the run is kept
 */
public record TokenizerRecipe(
        DataRecipe data,
        DiscreteVaeConfig model,
        DiscreteVaeLoss loss,
        double temperature,
        double temperatureEnd,
        boolean flip,
        OptimRecipe optim,
        RunRecipe run) {
    public TokenizerRecipe {
        Check.that(temperature > 0, "temperature", temperature, "above 0");
        Check.that(temperatureEnd > 0, "temperatureEnd", temperatureEnd, "above 0");
    }

    /** The same with another seed. */
    public TokenizerRecipe withSeed(long seed) {
        return new TokenizerRecipe(data, model, loss, temperature, temperatureEnd, flip, optim, run.withSeed(seed));
    }
}
