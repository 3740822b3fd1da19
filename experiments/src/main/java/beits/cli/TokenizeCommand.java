package beits.cli;

import beits.device.Device;
import beits.job.LoadedTokenizer;
import beits.job.TokenizeJob;
import beits.recipe.PretrainRecipe;
import beits.recipe.Recipes;
import beits.tokenizer.TokenCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits tokenize}. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = {
            "Fills a token cache with the visual tokens of a pre-training recipe's pictures.",
            "A pre-training with --token-cache then never runs the tokenizer. Pictures that are there already are not"
                    + " computed again."
        })
final class TokenizeCommand implements Callable<Integer> {
    static final String NOT_FIXED =
            "random crops and colour jitter show other views in every epoch, so there is nothing to keep; --set augmentation.colorJitter=0 --set augmentation.minCropArea=1 shows the same ones";

    private static final long LINE_EVERY_NANOS = 5_000_000_000L;

    @Parameters(paramLabel = "RECIPE", description = "a recipe for pretrain, file or name")
    private String recipe = "";

    @Option(names = "--set", paramLabel = "FIELD=VALUE", description = "a field of the recipe; repeatable")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--cache", required = true, paramLabel = "DIR", description = "folder of the token cache")
    private Path cache = Path.of("");

    @Option(
            names = "--batch",
            defaultValue = "32",
            paramLabel = "N",
            description = "pictures that go through the tokenizer at once (default: ${DEFAULT-VALUE})")
    private int batch = 32;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PretrainRecipe read = Recipes.read(recipe, PretrainRecipe.class, overrides);
        String tokenizerFile = read.tokenizer();
        if (tokenizerFile == null) {
            throw new UserException("tokenizer: the recipe names none; add --set tokenizer=FILE");
        }
        if (!TokenizeJob.fixed(read.augmentation())) {
            throw new UserException("augmentation: " + NOT_FIXED);
        }
        if (batch < 1) {
            throw new UserException("--batch %d: must be at least 1".formatted(batch));
        }
        PrintWriter err = Streams.err(spec);
        try (Device device = common.open();
                LoadedTokenizer tokenizer = LoadedTokenizer.open(
                        device, Checkpoint.find("tokenizer", tokenizerFile), batch, TokenizeJob.dallESize(read));
                TokenCache tokens = TokenCache.open(cache, tokenizer.key(TokenizeJob.describe(read.augmentation())))) {
            if (tokens.damaged() > 0) {
                err.println(
                        "beits: %s: %d damaged records are computed again".formatted(tokens.file(), tokens.damaged()));
            }
            long[] nextLine = {System.nanoTime() + LINE_EVERY_NANOS};
            TokenizeJob.Result result = TokenizeJob.run(read, tokenizer, tokens, done -> {
                if (System.nanoTime() > nextLine[0]) {
                    nextLine[0] = System.nanoTime() + LINE_EVERY_NANOS;
                    err.println("tokenize: %d views".formatted(done));
                }
            });
            Streams.out(spec)
                    .printf(
                            Locale.ROOT,
                            "%d pictures, %d views: %d tokenised, %d known   %.1f s, %.2f ms a view%n",
                            result.pictures(),
                            result.views(),
                            result.computed(),
                            result.views() - result.computed(),
                            result.seconds(),
                            1e3 * result.seconds() / result.views());
            Streams.out(spec)
                    .printf(
                            Locale.ROOT,
                            "codebook: %d of %d words used, perplexity %.1f   cache: %s%n",
                            result.use().used(),
                            result.use().words(),
                            result.use().perplexity(),
                            tokens.file());
            return 0;
        }
    }
}
