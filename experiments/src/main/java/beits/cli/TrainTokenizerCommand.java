package beits.cli;

import beits.job.Reconstruction;
import beits.job.TokenizerJob;
import beits.recipe.TokenizerRecipe;
import beits.report.TokenizerReport;
import beits.train.TrainingLoop;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code beits train-tokenizer}. */
@Command(
        name = "train-tokenizer",
        mixinStandardHelpOptions = true,
        description = "Trains a dVAE that turns pictures into visual tokens, from a recipe.")
final class TrainTokenizerCommand implements Callable<Integer> {
    /** Pictures that words and error are counted on. */
    private static final int SHOWN = 256;

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        TokenizerRecipe recipe = options.read(TokenizerRecipe.class);
        if (options.dryRun()) {
            Streams.out(spec).print(DryRun.of(recipe).text());
            return 0;
        }
        return RecipeRun.run(spec, common, options, recipe, "Tokenizer", context -> {
            TokenizerJob.Result result = TokenizerJob.run(recipe, context);
            if (result.outcome() == TrainingLoop.Outcome.STOPPED) {
                return new RecipeRun.Left(result.outcome(), result.weights(), "", List.of());
            }
            Reconstruction.Result seen = TokenizerJob.reconstruct(recipe, result.weights(), context.device(), SHOWN);
            return new RecipeRun.Left(
                    result.outcome(), result.weights(), TokenizerReport.summary(seen), TokenizerReport.sections(seen));
        });
    }
}
