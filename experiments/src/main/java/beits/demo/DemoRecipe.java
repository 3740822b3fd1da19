package beits.demo;

import beits.model.ImageClassifier.Pooling;
import beits.recipe.AugmentationRecipe;
import beits.recipe.DataRecipe;
import beits.recipe.FinetuneRecipe;
import beits.recipe.MaskRecipe;
import beits.recipe.ModelRecipe;
import beits.recipe.OptimRecipe;
import beits.recipe.PretrainRecipe;
import beits.recipe.RunRecipe;
import beits.recipe.TokenizerRecipe;
import beits.tokenizer.DiscreteVaeConfig;
import beits.tokenizer.DiscreteVaeLoss;

/**
 * The recipes of the demo: Fashion-MNIST, 7x7 patches of 4x4 pixels, a dVAE of 256 words, BEiT of width 64 and depth 4.
 *
 * @param tokenizer first stage
 * @param pretrain second stage
 * @param pretrained fine-tuning of the pre-trained encoder
 * @param scratch fine-tuning of the same network from fresh weights, with the same number of steps and labels
 */
record DemoRecipe(
        TokenizerRecipe tokenizer, PretrainRecipe pretrain, FinetuneRecipe pretrained, FinetuneRecipe scratch) {

    /** Labelled pictures of each class. */
    static final int LABELS = 10;

    static DemoRecipe of(long seed) {
        DataRecipe data = new DataRecipe(DataRecipe.Source.FASHION_MNIST_SAMPLE, null, 0, false);
        RunRecipe run = new RunRecipe(seed, 1, 1_000_000, 1, 0);
        TokenizerRecipe tokenizer = new TokenizerRecipe(
                data,
                new DiscreteVaeConfig(28, 1, 256, 32, 2, 32, 0),
                new DiscreteVaeLoss(false, false, 0, 0.05),
                0.5,
                0.06,
                true,
                new OptimRecipe(64, 1, 4, 3e-3, 1e-5, 1, 20, 0, 0, 0.9, 0.99, 1e-8, 1, 1, 0),
                run);
        ModelRecipe encoder = new ModelRecipe(28, 4, 1, 64, 4, 4, 4, true, false, false, true, 0.1, 0);
        PretrainRecipe pretrain = new PretrainRecipe(
                data,
                encoder,
                null,
                null,
                new MaskRecipe(true, 20, 4, null),
                new AugmentationRecipe(0, true, 1),
                new OptimRecipe(64, 1, 20, 2e-3, 1e-5, 1, 0, 0.05, 0.05, 0.9, 0.98, 1e-8, 3, 1, 0),
                run);
        return new DemoRecipe(tokenizer, pretrain, finetune(data, run, 2e-3, 0.8), finetune(data, run, 2e-3, 1));
    }

    private static FinetuneRecipe finetune(DataRecipe data, RunRecipe run, double lr, double layerDecay) {
        ModelRecipe encoder = new ModelRecipe(28, 4, 1, 64, 4, 4, 4, true, false, true, false, 0.1, 0.1);
        OptimRecipe optim =
                new OptimRecipe(50, 1, 200, lr, 1e-6, 20, 0, 0.05, 0.05, 0.9, 0.999, 1e-8, 0, layerDecay, 0);
        return new FinetuneRecipe(
                data,
                LABELS,
                encoder,
                null,
                Pooling.MEAN,
                1,
                0.1,
                0,
                0,
                FinetuneRecipe.MixMode.BATCH,
                1,
                false,
                0,
                true,
                1,
                true,
                optim,
                run);
    }
}
