package beits.demo;

import beits.recipe.FinetuneRecipe;
import beits.recipe.Overrides;
import beits.recipe.PretrainRecipe;
import beits.recipe.Recipes;
import beits.recipe.TokenizerRecipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The recipes of the demo: the small ones that come along for Fashion-MNIST.
 *
 * @param tokenizer first stage
 * @param pretrain second stage
 * @param pretrained fine-tuning of the pre-trained encoder
 * @param scratch fine-tuning of the same network from fresh weights, with the same number of steps and labels
 */
public record DemoRecipe(
        TokenizerRecipe tokenizer, PretrainRecipe pretrain, FinetuneRecipe pretrained, FinetuneRecipe scratch) {
    private static final String TOKENIZER = "fashion-tokenizer";
    private static final String PRETRAINING = "fashion-pretrain";
    private static final String FINE_TUNING = "fashion-finetune";

    /** The recipes under a seed, with fields changed. */
    public static DemoRecipe of(long seed, Overrides overrides) throws IOException {
        overrides.requireAnyOf(List.of(TOKENIZER, PRETRAINING, FINE_TUNING));
        return new DemoRecipe(
                read(TOKENIZER, TokenizerRecipe.class, seed, overrides),
                read(PRETRAINING, PretrainRecipe.class, seed, overrides),
                read(FINE_TUNING, FinetuneRecipe.class, seed, overrides),
                // Layer decay protects what pre-training has learned; from scratch there is nothing to protect.
                read(FINE_TUNING, FinetuneRecipe.class, seed, overrides, "initFrom=null", "optim.layerDecay=1"));
    }

    private static <T> T read(String name, Class<T> type, long seed, Overrides overrides, String... own)
            throws IOException {
        List<String> fields = new ArrayList<>(overrides.of(name));
        fields.addAll(Arrays.asList(own));
        fields.add("run.seed=" + seed);
        return Recipes.read(name, type, fields);
    }
}
