package beits.cli;

import beits.data.Dataset;
import beits.job.LoadedTokenizer;
import beits.job.PretrainJob;
import beits.job.StartWeights;
import beits.job.TokenizeJob;
import beits.mim.MimTarget;
import beits.recipe.PretrainRecipe;
import beits.report.MimPictures;
import beits.report.ReportPage;
import beits.tokenizer.TokenCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits pretrain}. */
@Command(
        name = "pretrain",
        mixinStandardHelpOptions = true,
        description = "Pre-trains BEiT by masked image modelling, from a recipe.")
final class PretrainCommand implements Callable<Integer> {
    private static final String TITLE = "Masked image modelling";
    private static final int INSPECTED = 8;

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--token-cache",
            paramLabel = "DIR",
            description = {
                "where visual tokens are kept when every epoch shows the same views, no crop and no colour jitter: each is",
                "tokenised once (default: tokens in the run's folder; beits tokenize fills one ahead of time)"
            })
    private @Nullable Path tokenCache;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PretrainRecipe recipe = options.read(PretrainRecipe.class);
        if (options.dryRun()) {
            Streams.out(spec).print(DryRun.of(recipe).text());
            return 0;
        }
        StartWeights pretrained = Checkpoint.start("initFrom", recipe.initFrom());
        if (recipe.target() == MimTarget.MASKED_PIXELS) {
            return RecipeRun.run(spec, common, options, recipe, TITLE, context -> {
                PretrainJob.Result result = PretrainJob.run(recipe, null, pretrained, context, 1, (_, _) -> {});
                return new RecipeRun.Left(result.outcome(), result.weights(), "", List.of());
            });
        }
        String tokenizerFile = recipe.tokenizer();
        if (tokenizerFile == null) {
            throw new UserException(
                    "tokenizer: the recipe names none; train one and add --set tokenizer=runs/NAME or its checkpoint");
        }
        Path tokenizerCheckpoint = Checkpoint.find("tokenizer", tokenizerFile);
        boolean fixed = TokenizeJob.fixed(recipe.augmentation());
        if (tokenCache != null && !fixed) {
            throw new UserException("--token-cache: " + TokenizeCommand.NOT_FIXED);
        }
        Path kept = tokenCache == null ? options.folder(recipe).path().resolve("tokens") : tokenCache;
        return RecipeRun.run(spec, common, options, recipe, TITLE, context -> {
            try (LoadedTokenizer tokenizer = LoadedTokenizer.open(
                            context.device(),
                            tokenizerCheckpoint,
                            recipe.optim().batchSize(),
                            TokenizeJob.dallESize(recipe));
                    TokenCache cache = fixed
                            ? TokenCache.open(kept, tokenizer.key(TokenizeJob.describe(recipe.augmentation())))
                            : null) {
                if (cache != null) {
                    tokenizer.use(cache);
                }
                Dataset data = PretrainJob.pictures(recipe);
                int shown = Math.min(Math.min(INSPECTED, tokenizer.batch()), data.size());
                List<ReportPage.Section> sections = new ArrayList<>();
                PretrainJob.Result result = PretrainJob.run(
                        recipe,
                        tokenizer,
                        pretrained,
                        context,
                        shown,
                        (predictor, trainer) -> sections.addAll(MimPictures.of(recipe, data, tokenizer, shown)
                                .sections(predictor, trainer.executable())));
                return new RecipeRun.Left(result.outcome(), result.weights(), "", sections);
            }
        });
    }
}
