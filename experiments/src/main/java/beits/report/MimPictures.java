package beits.report;

import beits.analysis.AttentionMaps;
import beits.data.Batch;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.PretrainPipeline;
import beits.device.Executable;
import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;
import beits.job.LoadedTokenizer;
import beits.job.PretrainJob;
import beits.mim.TokenPredictor;
import beits.model.BeitConfig;
import beits.recipe.PretrainRecipe;
import beits.tokenizer.ImageTokenizer;
import beits.transform.Normalisation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What masked image modelling sees and guesses, on one batch of its own pipeline: reconstructions, fill-ins, attention. Rows of
 * pictures for {@link ReportPage.Grid}.
 */
public final class MimPictures {
    private static final int HIDDEN = 0x9db2cf;

    /** Small pictures are enlarged to about this many pixels a side. */
    private static final int SHOWN_SIDE = 112;

    private final Batch batch;
    private final BeitConfig config;
    private final LoadedTokenizer tokenizer;
    private final List<Image> originals = new ArrayList<>();
    private final int enlarge;

    private MimPictures(Batch batch, BeitConfig config, Normalisation normalisation, LoadedTokenizer tokenizer) {
        this.batch = batch;
        this.config = config;
        this.tokenizer = tokenizer;
        enlarge = Math.max(1, SHOWN_SIDE / config.imageWidth());
        int length = batch.layout().imageLength();
        for (int i = 0; i < batch.count(); i++) {
            originals.add(normalisation
                    .invert(batch.images(), i * length, config.imageHeight(), config.imageWidth())
                    .rgb());
        }
    }

    /**
     * Takes pictures to show, as the recipe's pipeline makes them.
     *
     * @param count how many, at most the tokenizer's batch
     */
    public static MimPictures of(PretrainRecipe recipe, Dataset data, LoadedTokenizer tokenizer, int count) {
        if (count > tokenizer.batch()) {
            throw new IllegalArgumentException(
                    "%d pictures for a tokenizer of batches of %d".formatted(count, tokenizer.batch()));
        }
        ImageTokenizer words = tokenizer.tokenizer();
        PretrainPipeline pipeline = PretrainJob.pipeline(recipe, words.viewSize(), words.channels(), words.pixels());
        LoaderOptions options =
                LoaderOptions.training(count, recipe.run().seed(), 0).withBroken(LoaderOptions.Broken.REPLACE);
        try (Loader loader = Loader.once(data, pipeline, options)) {
            return new MimPictures(loader.next(), recipe.model().config(), pipeline.normalisation(), tokenizer);
        }
    }

    /** Rows of original and decoded picture. */
    public List<List<Image>> reconstructions(int rows) {
        List<Image> decoded = decode(tokens());
        List<List<Image>> result = new ArrayList<>();
        for (int i = 0; i < Math.min(rows, originals.size()); i++) {
            result.add(List.of(enlarged(originals.get(i)), enlarged(decoded.get(i))));
        }
        return result;
    }

    /**
     * Masked image modelling and attention as parts of a report.
     *
     * @param predictor for batches of as many pictures
     */
    public List<ReportPage.Section> sections(TokenPredictor predictor, Executable executable) {
        int rows = config.gridHeight();
        int columns = config.gridWidth();
        List<Integer> references =
                List.of(columns + columns / 2, rows / 2 * columns + 1, (rows - 2) * columns + columns / 2);
        return List.of(
                new ReportPage.Heading(
                        "Masked image modelling",
                        "Blocks of patches are hidden; BEiT predicts their visual tokens, and the tokenizer's decoder paints them: guesses at hidden patches, true tokens elsewhere."),
                new ReportPage.Grid(
                        List.of("original", "masked", "filled in", "from true tokens"), fillIns(predictor, executable)),
                new ReportPage.Heading(
                        "Attention",
                        "Where a reference patch (green) looks in the last block of the pre-trained encoder, mean over the heads."),
                new ReportPage.Grid(
                        List.of("picture", "top", "left", "bottom"),
                        attention(predictor, executable, config.depth() - 1, references, 5)));
    }

    /** Rows of original, masked, filled-in and decoded picture: the model's guesses at hidden patches, true tokens elsewhere. */
    private List<List<Image>> fillIns(TokenPredictor predictor, Executable executable) {
        int patches = config.patches();
        boolean[] mask = batch.masks();
        int[] guesses = predictor.predict(executable, batch.images(), mask);
        int[] truth = tokens();
        int[] mixed = truth.clone();
        for (int i = 0; i < mask.length; i++) {
            mixed[i] = mask[i] ? guesses[i] : truth[i];
        }
        List<Image> filled = decode(mixed);
        List<Image> decoded = decode(truth);
        List<List<Image>> rows = new ArrayList<>();
        for (int i = 0; i < originals.size(); i++) {
            rows.add(List.of(
                    enlarged(originals.get(i)),
                    hidden(originals.get(i), Arrays.copyOfRange(mask, i * patches, (i + 1) * patches)),
                    enlarged(filled.get(i)),
                    enlarged(decoded.get(i))));
        }
        return rows;
    }

    /** Rows of the picture and, for each reference patch, where it looks in a block (mean over the heads). */
    private List<List<Image>> attention(
            TokenPredictor predictor, Executable executable, int block, List<Integer> references, int rows) {
        predictor.predict(executable, batch.images(), new boolean[batch.masks().length]);
        float[] probabilities = predictor.attention(executable, block);
        List<List<Image>> result = new ArrayList<>();
        for (int i = 0; i < Math.min(rows, originals.size()); i++) {
            List<Image> row = new ArrayList<>();
            row.add(enlarged(originals.get(i)));
            for (int reference : references) {
                double[] weights = AttentionMaps.mean(
                        AttentionMaps.ofPatch(probabilities, config.heads(), config.patches() + 1, i, reference));
                row.add(AttentionOverlay.paint(originals.get(i), weights, config.patchSize(), reference, enlarge));
            }
            result.add(row);
        }
        return result;
    }

    private int[] tokens() {
        int length = batch.layout().tokenLength();
        return tokenizer.encode(Arrays.copyOf(batch.tokenViews(), tokenizer.batch() * length));
    }

    /** Pictures for tokens, of the size of the patch view. */
    private List<Image> decode(int[] tokens) {
        float[] mapped = tokenizer.decode(tokens);
        tokenizer.tokenizer().pixels().unmap(mapped);
        int side = tokenizer.tokenizer().viewSize();
        int channels = tokenizer.tokenizer().channels();
        Normalisation unit = Normalisation.uniform(channels, 0, 1);
        List<Image> pictures = new ArrayList<>();
        for (int i = 0; i < originals.size(); i++) {
            Image picture =
                    unit.invert(mapped, i * channels * side * side, side, side).rgb();
            pictures.add(Resize.resize(picture, config.imageHeight(), config.imageWidth(), Resampling.BICUBIC));
        }
        return pictures;
    }

    private Image enlarged(Image image) {
        return Resize.resize(image, image.height() * enlarge, image.width() * enlarge, Resampling.NEAREST);
    }

    private Image hidden(Image image, boolean[] mask) {
        byte[] pixels = image.pixels().clone();
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if (mask[y / config.patchSize() * config.gridWidth() + x / config.patchSize()]) {
                    int at = (y * image.width() + x) * 3;
                    pixels[at] = (byte) (HIDDEN >> 16);
                    pixels[at + 1] = (byte) (HIDDEN >> 8);
                    pixels[at + 2] = (byte) HIDDEN;
                }
            }
        }
        return enlarged(new Image(image.height(), image.width(), 3, pixels));
    }
}
