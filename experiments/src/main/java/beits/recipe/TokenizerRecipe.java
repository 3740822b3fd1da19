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
    /** Side of the widest convolution's window. */
    private static final double WINDOW = 4;

    public TokenizerRecipe {
        Check.that(temperature > 0, "temperature", temperature, "above 0");
        Check.that(temperatureEnd > 0, "temperatureEnd", temperatureEnd, "above 0");
        int channels = model.channels();
        int hidden = model.hiddenDim();
        double words = model.tokens();
        Check.that(channels == 1 || channels == 3, "model.channels", channels, "1 for grey or 3 for colour");
        double picture = (double) model.imageSize() * model.imageSize() * channels;
        Check.countable("model.imageSize", model.imageSize(), "values of a picture", picture);
        Check.countable(
                "optim.batchSize", optim.batchSize(), "values of a batch of pictures", optim.batchSize() * picture);
        double logits = words * model.grid() * model.grid();
        Check.countable("model.tokens", model.tokens(), "logits of a picture", logits);
        Check.countable("optim.batchSize", optim.batchSize(), "logits of a batch", optim.batchSize() * logits);
        Check.countable(
                "model.codebookDim", model.codebookDim(), "values of the codebook", words * model.codebookDim());
        double window = WINDOW * WINDOW * Math.max(hidden, model.codebookDim());
        Check.countable("model.hiddenDim", hidden, "parameters of a convolution", Math.max(window, words) * hidden);
        double blocks = 2.0 * model.layers() * model.resBlocks() * WINDOW * WINDOW * hidden * hidden;
        Check.countable("model.resBlocks", model.resBlocks(), "parameters of all blocks", blocks);
    }

    /** The same with another seed. */
    public TokenizerRecipe withSeed(long seed) {
        return new TokenizerRecipe(data, model, loss, temperature, temperatureEnd, flip, optim, run.withSeed(seed));
    }
}
