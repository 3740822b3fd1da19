package beits.cli;

import beits.job.LoadedTokenizer;
import beits.job.PretrainJob;
import beits.recipe.PretrainRecipe;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code beits pretrain}. */
@Command(
        name = "pretrain",
        mixinStandardHelpOptions = true,
        description = "Pre-trains BEiT by masked image modelling, from a recipe.")
final class PretrainCommand implements Callable<Integer> {
    private static final int INSPECTED = 8;

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PretrainRecipe recipe = options.read(PretrainRecipe.class);
        if (options.dryRun()) {
            Streams.out(spec).print(DryRun.of(recipe).text());
            return 0;
        }
        String tokenizerFile = recipe.tokenizer();
        if (tokenizerFile == null) {
            throw new UserException(
                    "tokenizer: the recipe names none; train one and add --set tokenizer=runs/NAME or its checkpoint");
        }
        return RecipeRun.run(spec, common, options, recipe, "Masked image modelling", context -> {
            try (LoadedTokenizer tokenizer = LoadedTokenizer.open(
                    context.device(),
                    Checkpoint.find(tokenizerFile),
                    recipe.optim().batchSize())) {
                PretrainJob.Result result =
                        PretrainJob.run(recipe, tokenizer, context, INSPECTED, (predictor, trainer) -> {});
                return new RecipeRun.Left(result.outcome(), result.weights(), "", List.of());
            }
        });
    }
}
