package beits.job;

import beits.data.Batch;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.Pipeline;
import beits.data.PretrainPipeline;
import beits.data.Sample;
import beits.image.Image;
import beits.recipe.AugmentationRecipe;
import beits.recipe.PretrainRecipe;
import beits.tokenizer.CodebookUse;
import beits.tokenizer.ImageTokenizer;
import beits.tokenizer.TokenCache;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.commons.rng.UniformRandomProvider;

/** Fills a token cache with the views that a pre-training will see. */
public final class TokenizeJob {
    private static final int DALL_E_PATCH = 8;

    private TokenizeJob() {}

    /**
     * What was done.
     *
     * @param pictures of the data set
     * @param views of them, each side of a mirrored picture being one
     * @param computed views that went through the tokenizer; the cache knew the others
     * @param seconds it took
     * @param use of the codebook over all views
     */
    public record Result(int pictures, int views, long computed, double seconds, CodebookUse use) {}

    /** Whether every epoch shows the tokenizer the same views, or mirrored ones of them. */
    public static boolean fixed(AugmentationRecipe augmentation) {
        return augmentation.colorJitter() == 0 && augmentation.minCropArea() == 1;
    }

    /** Side of the pictures that DALL-E's tokenizer needs for as many tokens as the encoder has patches. */
    public static int dallESize(PretrainRecipe recipe) {
        return DALL_E_PATCH * recipe.model().config().gridHeight();
    }

    /** What a cache is told of an augmentation. */
    public static String describe(AugmentationRecipe augmentation) {
        return augmentation.flip() ? "flip" : "none";
    }

    /** Writes the token view of a picture, and nothing else. */
    private record Views(PretrainPipeline pipeline, boolean mirrored) implements Pipeline {
        @Override
        public Batch.Layout layout() {
            Batch.Layout whole = pipeline.layout();
            return new Batch.Layout(0, 0, 0, whole.tokenChannels(), whole.tokenHeight(), whole.tokenWidth(), 0, 0, 0);
        }

        @Override
        public void write(
                Sample sample, UniformRandomProvider draws, UniformRandomProvider mask, Batch batch, int row) {
            Image picture = pipeline.normalisation().channels() == 1
                    ? sample.picture().grey()
                    : sample.picture().rgb();
            Image turned = mirrored ? picture.flipped() : picture;
            var views = pipeline.augmentation().views();
            Image view = views.tokenView(turned, views.crop().draw(turned, draws));
            pipeline.tokens().apply(view, batch.tokenViews(), row * layout().tokenLength());
        }
    }

    /**
     * Tokenises.
     *
     * @param recipe whose views do not change, see {@link #fixed}
     * @param tokenizer for batches of any size; its cache is set
     * @param progress hears the number of views done
     */
    public static Result run(PretrainRecipe recipe, LoadedTokenizer tokenizer, TokenCache cache, LongConsumer progress)
            throws IOException {
        long start = System.nanoTime();
        PretrainJob.checkGrids(recipe.model().config(), tokenizer.tokenizer());
        tokenizer.use(cache);
        long before = tokenizer.computed();
        Dataset data = PretrainJob.pictures(recipe);
        ImageTokenizer words = tokenizer.tokenizer();
        PretrainPipeline pipeline = PretrainJob.pipeline(recipe, words.viewSize(), words.channels(), words.pixels());
        int grid = words.grid() * words.grid();
        long[] histogram = new long[words.vocabulary()];
        int views = 0;
        for (boolean mirrored : recipe.augmentation().flip() ? new boolean[] {false, true} : new boolean[] {false}) {
            LoaderOptions options = Evaluation.options(
                    tokenizer.batch(),
                    Math.max(1, recipe.run().workers()),
                    recipe.data().skipBroken());
            try (Loader loader = Loader.once(data, new Views(pipeline, mirrored), options)) {
                while (loader.hasNext()) {
                    Batch batch = loader.next();
                    if (batch.count() > 0) {
                        int[] tokens = tokenizer.encode(batch.tokenViews(), batch.count());
                        Arrays.stream(tokens, 0, batch.count() * grid).forEach(token -> histogram[token]++);
                        views += batch.count();
                        progress.accept(views);
                    }
                    loader.recycle(batch);
                }
            }
        }
        return new Result(
                data.size(),
                views,
                tokenizer.computed() - before,
                (System.nanoTime() - start) / 1e9,
                CodebookUse.of(histogram));
    }
}
