package beits.cli;

import beits.data.ContactSheet;
import beits.data.Dataset;
import beits.data.Inspection;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.PicturePipeline;
import beits.data.Pipeline;
import beits.data.PretrainPipeline;
import beits.data.SegmentationPipeline;
import beits.data.source.ColourDrawings;
import beits.device.Device;
import beits.device.DeviceOptions;
import beits.device.Devices;
import beits.image.PngWriter;
import beits.job.FinetuneJob;
import beits.job.LoadedTokenizer;
import beits.job.Pictures;
import beits.job.PretrainJob;
import beits.job.SegmentJob;
import beits.job.SegmentPictures;
import beits.job.TokenizerJob;
import beits.model.BeitConfig;
import beits.recipe.DataRecipe;
import beits.recipe.FinetuneRecipe;
import beits.recipe.PretrainRecipe;
import beits.recipe.Recipes;
import beits.recipe.SegmentRecipe;
import beits.recipe.TokenizerRecipe;
import beits.tokenizer.ImageTokenizer;
import beits.tokenizer.PixelMapping;
import beits.transform.Normalisation;
import beits.transform.TokenMapping;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits data}. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Looks at pictures before they are trained on.",
        subcommands = {DataCommand.Inspect.class, DataCommand.Sheet.class, DataCommand.Drawings.class})
final class DataCommand {
    private DataCommand() {}

    /** {@code beits data inspect}. */
    @Command(
            name = "inspect",
            mixinStandardHelpOptions = true,
            description = {
                "Decodes every picture of a data set and says what is there.",
                "Counts, classes, sizes, mean and deviation, broken files. Exit code 1 if a picture is broken."
            })
    static final class Inspect implements Callable<Integer> {
        @Parameters(
                paramLabel = "PATH",
                description =
                        "a folder (of classes, pictures, IDX, CIFAR, ADE20K, Parquet or tar files), a list .txt, a .parquet or a .tar; or the name of a bundled sample: fashion_mnist_sample, drawings_sample")
        private String path = "";

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            Dataset data = switch (path) {
                case "fashion_mnist_sample" ->
                    Pictures.training(new DataRecipe(DataRecipe.Source.FASHION_MNIST_SAMPLE, null, 0, false, false));
                case "drawings_sample" ->
                    Pictures.training(new DataRecipe(DataRecipe.Source.DRAWINGS_SAMPLE, null, 0, false, false));
                default -> Pictures.at(Path.of(path));
            };
            Inspection found = Inspection.of(data);
            PrintWriter out = Streams.out(spec);
            line(out, "samples", "%,d".formatted(found.samples()));
            line(
                    out,
                    "sizes",
                    "%d to %d high, %d to %d wide: %s"
                            .formatted(
                                    found.minHeight(),
                                    found.maxHeight(),
                                    found.minWidth(),
                                    found.maxWidth(),
                                    counts(found.sizes(), 6)));
            line(out, "channels", counts(found.channelCounts(), 3));
            line(out, "mean", numbers(found.mean()));
            line(out, "std", numbers(found.std()));
            line(
                    out,
                    "classes",
                    found.classCounts().isEmpty()
                            ? "none: unlabelled"
                            : found.classCounts().size() + ": " + counts(found.classCounts(), 20));
            if (found.ignoredPixels() > 0) {
                line(out, "ignored", "%,d pixels".formatted(found.ignoredPixels()));
            }
            line(out, "jpeg", Pictures.decoder());
            line(out, "broken", "%,d".formatted(found.brokenCount()));
            found.broken().forEach(fault -> out.println("  " + fault));
            return found.brokenCount() == 0 ? 0 : Main.FAILED;
        }

        private static void line(PrintWriter out, String name, String value) {
            out.println("%-10s %s".formatted(name, value));
        }

        private static String numbers(List<Double> values) {
            return values.stream()
                    .map(v -> String.format(Locale.ROOT, "%.4f", v))
                    .collect(Collectors.joining(" "));
        }

        private static String counts(Map<?, ? extends Number> counts, int shown) {
            String first = counts.entrySet().stream()
                    .limit(shown)
                    .map(e -> "%s (%,d)".formatted(e.getKey(), e.getValue().longValue()))
                    .collect(Collectors.joining(", "));
            return counts.size() > shown ? "%s and %d more".formatted(first, counts.size() - shown) : first;
        }
    }

    /** {@code beits data drawings}. */
    @Command(
            name = "drawings",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a sample like the bundled colour drawings from the Open Clip Art collection.",
                "For data.source drawings_sample with data.path: 64 x 64 with alpha, ten classes, no drawing twice."
            })
    static final class Drawings implements Callable<Integer> {
        @Parameters(
                paramLabel = "COLLECTION",
                defaultValue = "/usr/share/openclipart/png",
                description = "folder with one folder a class (default: ${DEFAULT-VALUE}, Debian's openclipart-png)")
        private Path collection = Path.of("");

        @Option(names = "--out", required = true, paramLabel = "DIR", description = "empty or new folder")
        private Path out = Path.of("");

        @Option(
                names = "--per-class",
                defaultValue = "400",
                description = "drawings of a class at most (default: ${DEFAULT-VALUE})")
        private int perClass = 400;

        @Option(
                names = "--test-share",
                defaultValue = "6",
                description = "one drawing in so many is for testing (default: ${DEFAULT-VALUE})")
        private int testShare = 6;

        @Option(names = "--seed", defaultValue = "1", description = "which drawings (default: ${DEFAULT-VALUE})")
        private long seed = 1;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (perClass < 1 || testShare < 2) {
                throw new UserException("--per-class must be at least 1, --test-share at least 2");
            }
            if (!Files.isDirectory(collection)) {
                throw new UserException("%s: no such folder; install Debian's openclipart-png, or name a folder with %s"
                        .formatted(collection, String.join(", ", ColourDrawings.CLASS_NAMES)));
            }
            RunFolder.requireEmpty(out);
            Files.createDirectories(out);
            ColourDrawings.Prepared prepared = ColourDrawings.prepare(collection, out, perClass, testShare, seed);
            prepared.refused().forEach(fault -> Streams.err(spec).println("beits: left out: " + fault));
            Streams.out(spec)
                    .println("%,d drawings to train on, %,d to test with; %,d repetitions and %,d others left out   %s"
                            .formatted(
                                    prepared.train(),
                                    prepared.test(),
                                    prepared.duplicates(),
                                    prepared.refused().size(),
                                    out));
            return 0;
        }
    }

    /** {@code beits data sheet}. */
    @Command(
            name = "sheet",
            mixinStandardHelpOptions = true,
            description = {
                "Shows what the pipeline of a pre-training or fine-tuning recipe really produces.",
                "Writes a PNG of augmented pictures, hidden patches in grey, token views."
            })
    static final class Sheet implements Callable<Integer> {
        private static final int COLUMNS = 8;

        /** Pixels beyond which a page takes fewer columns. */
        private static final int PAGE_WIDTH = 2000;

        /** Of a pre-training sample: the patch view, the same with hidden patches, the token view. */
        private static final int TILES = 3;

        /** Pixels of a side of a visual token: the tokenizer of the paper reduces its picture eight times. */
        private static final int PIXELS_A_TOKEN = 8;

        @Parameters(paramLabel = "RECIPE", description = "a recipe file, or the name of one that comes along")
        private String recipe = "";

        @Option(names = "--set", paramLabel = "FIELD=VALUE", description = "a field of the recipe; repeatable")
        private List<String> overrides = List.of();

        @Option(names = "--count", defaultValue = "32", description = "pictures (default: ${DEFAULT-VALUE})")
        private int count = 32;

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "the PNG to write")
        private Path out = Path.of("");

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (count < 1) {
                throw new UserException("--count " + count + ": must be at least 1");
            }
            if (!out.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
                throw new UserException("--out " + out + ": a PNG is written; name a file that ends in .png");
            }
            if (Files.exists(out)) {
                throw new UserException("--out " + out + ": exists; name another file");
            }
            switch (Recipes.kind(recipe)) {
                case PRETRAIN -> pretraining(Recipes.read(recipe, PretrainRecipe.class, overrides));
                case TOKENIZER -> {
                    TokenizerRecipe read = Recipes.read(recipe, TokenizerRecipe.class, overrides);
                    Dataset data = TokenizerJob.pictures(read);
                    PicturePipeline pipeline = TokenizerJob.pipeline(read, data);
                    write(data, pipeline, pipeline.normalisation(), read.run().seed());
                }
                case SEGMENT -> {
                    SegmentRecipe read = Recipes.read(recipe, SegmentRecipe.class, overrides);
                    SegmentationPipeline pipeline = SegmentJob.pipeline(read);
                    long seed = read.run().seed();
                    write(
                            SegmentPictures.training(read.data(), pipeline.size(), seed),
                            pipeline,
                            pipeline.normalisation(),
                            seed);
                }
                case FINETUNE -> {
                    FinetuneRecipe read = Recipes.read(recipe, FinetuneRecipe.class, overrides);
                    Dataset data = Pictures.training(read.data());
                    PicturePipeline pipeline = FinetuneJob.pipeline(read, data);
                    write(data, pipeline, pipeline.normalisation(), read.run().seed());
                }
            }
            Streams.out(spec).println(out);
            return 0;
        }

        private void pretraining(PretrainRecipe read) throws IOException {
            BeitConfig config = read.model().config();
            int view = PIXELS_A_TOKEN * config.gridHeight();
            int channels = config.channels();
            PixelMapping pixels = PixelMapping.CENTRED;
            String file = read.tokenizer();
            if (file != null && Files.exists(Path.of(file))) {
                try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT);
                        LoadedTokenizer loaded = LoadedTokenizer.open(device, Checkpoint.find(file), 1)) {
                    ImageTokenizer tokenizer = loaded.tokenizer();
                    view = tokenizer.viewSize();
                    channels = tokenizer.channels();
                    pixels = tokenizer.pixels();
                }
            } else {
                Streams.err(spec)
                        .println(
                                "beits: the recipe's tokenizer is not here; token views are drawn with %d pixels a token"
                                        .formatted(PIXELS_A_TOKEN));
            }
            PretrainPipeline pipeline = PretrainJob.pipeline(read, view, channels, pixels);
            write(
                    PretrainJob.pictures(read),
                    pipeline,
                    pipeline.normalisation(),
                    read.run().seed(),
                    pipeline.tokens(),
                    config.gridWidth());
        }

        private void write(Dataset data, Pipeline pipeline, Normalisation normalisation, long seed) throws IOException {
            write(data, pipeline, normalisation, seed, new TokenMapping.MapPixels(), 0);
        }

        private void write(
                Dataset data,
                Pipeline pipeline,
                Normalisation normalisation,
                long seed,
                TokenMapping tokens,
                int maskColumns)
                throws IOException {
            LoaderOptions options = LoaderOptions.training(Math.min(count, data.size()), seed, 1)
                    .withBroken(LoaderOptions.Broken.REPLACE);
            try (Loader loader = Loader.once(data, pipeline, options)) {
                int columns = Math.clamp(PAGE_WIDTH / (TILES * pipeline.layout().width()), 1, COLUMNS);
                PngWriter.write(ContactSheet.of(loader.next(), normalisation, tokens, maskColumns, columns), out);
                loader.broken().forEach(fault -> Streams.err(spec).println("beits: left out: " + fault));
            }
        }
    }
}
