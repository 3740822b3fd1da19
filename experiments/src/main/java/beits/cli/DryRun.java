package beits.cli;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.classification.ClassificationObjective;
import beits.data.Dataset;
import beits.image.PictureException;
import beits.job.FinetuneJob;
import beits.job.LoadedTokenizer;
import beits.job.MimTraining;
import beits.job.PretrainJob;
import beits.job.SegmentPictures;
import beits.job.TokenizerJob;
import beits.mim.MimBatch;
import beits.mim.MimTarget;
import beits.model.BeitConfig;
import beits.model.ImageClassifier;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.program.Program;
import beits.recipe.DataRecipe;
import beits.recipe.FinetuneRecipe;
import beits.recipe.OptimRecipe;
import beits.recipe.PretrainRecipe;
import beits.recipe.RecipeKind;
import beits.recipe.Recipes;
import beits.recipe.SegmentDataRecipe;
import beits.recipe.SegmentRecipe;
import beits.recipe.TokenizerRecipe;
import beits.segmentation.SegmentationModel;
import beits.segmentation.SegmentationObjective;
import beits.tokenizer.DiscreteVae;
import beits.tokenizer.DiscreteVaeTraining;
import beits.tokenizer.TemperatureSchedule;
import beits.train.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a recipe would cost, from recording its program without a device.
 *
 * @param parameters trainable values
 * @param pictures pictures of an epoch, if the data is there
 * @param optim batch and schedule
 * @param bytes of the memory plan of one micro-batch with its backward pass and update: all arenas
 * @param flops of an optimiser step
 * @param assumption what had to be assumed, or empty
 * @param omission what is not counted, or empty
 */
record DryRun(
        long parameters,
        OptionalInt pictures,
        OptimRecipe optim,
        long bytes,
        long flops,
        String assumption,
        String omission) {
    /** Visual tokens of DALL-E's tokenizer, which the paper uses. */
    private static final int PAPER_VOCABULARY = 8192;

    /** Classes of ImageNet-1k. */
    private static final int CLASSES = 1000;

    /** How many words or classes, and what of that is assumed. */
    private record Count(int value, String assumption) {}

    static DryRun of(TokenizerRecipe recipe) {
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(layout, recipe.model());
        DiscreteVaeTraining objective = new DiscreteVaeTraining(
                model,
                recipe.loss(),
                new TemperatureSchedule(1, 1, 1),
                recipe.optim().batchSize(),
                0);
        return of(
                objective,
                layout,
                recipe.optim(),
                size(present(() -> TokenizerJob.pictures(recipe))),
                LayerDecay.NONE,
                false,
                "",
                "");
    }

    static DryRun of(PretrainRecipe recipe) throws IOException {
        Layout layout = new Layout();
        BeitConfig config = recipe.model().config();
        boolean pixels = recipe.target() == MimTarget.MASKED_PIXELS;
        Count words = pixels ? new Count(0, "") : words(recipe.tokenizer());
        Objective<MimBatch> objective =
                MimTraining.of(recipe, layout, words.value).objective();
        return of(
                objective,
                layout,
                recipe.optim(),
                size(present(() -> PretrainJob.pictures(recipe))),
                new LayerDecay(recipe.optim().layerDecay(), config.depth()),
                recipe.model().recompute(),
                words.assumption,
                pixels ? "" : "the tokenizer's own program");
    }

    /** The vocabulary of a tokenizer, which may not be there yet. */
    private static Count words(@Nullable String tokenizer) throws IOException {
        if (tokenizer == null) {
            return new Count(PAPER_VOCABULARY, "a tokenizer of %d words, as the paper's".formatted(PAPER_VOCABULARY));
        }
        if (Files.exists(Path.of(tokenizer))) {
            return new Count(LoadedTokenizer.vocabulary(Checkpoint.find("tokenizer", tokenizer)), "");
        }
        Optional<String> maker = Recipes.shippedFor(tokenizer);
        if (maker.isPresent() && Recipes.kind(maker.get()) == RecipeKind.TOKENIZER) {
            int words = Recipes.read(maker.get(), TokenizerRecipe.class, List.of())
                    .model()
                    .tokens();
            return new Count(
                    words,
                    "a tokenizer of %d words, as recipe %s makes it; %s is not here"
                            .formatted(words, maker.get(), tokenizer));
        }
        return new Count(
                PAPER_VOCABULARY,
                "a tokenizer of %d words, as the paper's; %s is not here".formatted(PAPER_VOCABULARY, tokenizer));
    }

    /** @param classesWithoutData classes where the data is not here, or none to take what is known of it */
    static DryRun of(FinetuneRecipe recipe, @Nullable Integer classesWithoutData) {
        Layout layout = new Layout();
        BeitConfig config = recipe.model().config();
        Optional<Dataset> data = present(() -> FinetuneJob.training(recipe));
        Count classes = data.map(d -> new Count(d.classNames().size(), ""))
                .orElseGet(() -> classes(recipe.data(), classesWithoutData));
        ImageClassifier model =
                new ImageClassifier(layout, config, classes.value, recipe.pooling(), recipe.initScale());
        ClassificationObjective objective = new ClassificationObjective(
                layout, model, recipe.optim().batchSize(), recipe.mixes(), recipe.smoothing(), 0);
        return of(
                objective,
                layout,
                recipe.optim(),
                size(data),
                new LayerDecay(recipe.optim().layerDecay(), config.depth()),
                recipe.model().recompute(),
                classes.assumption,
                "");
    }

    /** Classes of data that is not here. */
    private static Count classes(DataRecipe data, @Nullable Integer asked) {
        OptionalInt known = asked == null ? data.knownClasses() : OptionalInt.of(asked);
        int classes = known.orElse(CLASSES);
        String why = asked == null && known.isPresent()
                ? "as %s has".formatted(data.path())
                : "because the data is not here";
        return new Count(classes, "%d classes, %s".formatted(classes, why));
    }

    static DryRun of(SegmentRecipe recipe) {
        Layout layout = new Layout();
        BeitConfig config = recipe.model().config();
        Optional<Dataset> data = present(() -> SegmentPictures.training(
                recipe.data(), config.imageHeight(), recipe.run().seed()));
        int classes = data.map(d -> d.classNames().size()).orElse(SegmentDataRecipe.ADE20K_CLASSES);
        SegmentationObjective objective = new SegmentationObjective(
                layout,
                new SegmentationModel(layout, recipe.config(classes)),
                recipe.optim().batchSize(),
                0);
        return of(
                objective,
                layout,
                recipe.optim(),
                size(data),
                new LayerDecay(recipe.optim().layerDecay(), config.depth()),
                recipe.model().recompute(),
                data.isPresent() ? "" : "%d classes, because the data is not here".formatted(classes),
                "");
    }

    private static DryRun of(
            Objective<?> objective,
            Layout layout,
            OptimRecipe optim,
            OptionalInt pictures,
            LayerDecay decay,
            boolean recompute,
            String assumption,
            String omission) {
        Graph graph = new Graph("step", true, recompute);
        Objective.Recorded recorded = objective.record(graph);
        graph.output(recorded.loss());
        graph.backward(recorded.loss(), 1.0 / optim.updateFreq(), false);
        Optimiser optimiser = new Optimiser(
                layout,
                optim.settings(),
                ParameterGroup.of(layout.parameters(), decay, ParameterGroup.NEVER_DECAYED, true));
        optimiser.record(graph, graph.trained());
        Program program = graph.build();
        return new DryRun(
                layout.parameterCount(),
                pictures,
                optim,
                program.memory(),
                program.flops() * optim.updateFreq(),
                assumption,
                omission);
    }

    private static Optional<Dataset> present(Supplier<Dataset> pictures) {
        try {
            return Optional.of(pictures.get());
        } catch (PictureException e) {
            return Optional.empty();
        }
    }

    private static OptionalInt size(Optional<Dataset> pictures) {
        return pictures.map(p -> OptionalInt.of(p.size())).orElse(OptionalInt.empty());
    }

    /** The costs, a line each. */
    String text() {
        int batch = optim.batchSize() * optim.updateFreq();
        StringBuilder text = new StringBuilder();
        line(text, "parameters", String.format(Locale.ROOT, "%,d", parameters));
        line(
                text,
                "pictures a step",
                "%d (%d x %d micro-batches)".formatted(batch, optim.batchSize(), optim.updateFreq()));
        if (pictures.isPresent()) {
            int steps = pictures.getAsInt() / batch;
            line(
                    text,
                    "steps",
                    String.format(
                            Locale.ROOT,
                            "%,d (%d epochs of %,d)",
                            (long) steps * optim.epochs(),
                            optim.epochs(),
                            steps));
        } else {
            line(text, "steps", "unknown: the data is not here");
        }
        line(
                text,
                "memory",
                String.format(Locale.ROOT, "%.2f GB for parameters, gradients, moments and activations", bytes / 1e9));
        line(text, "work of a step", String.format(Locale.ROOT, "%.1f GFLOP", flops / 1e9));
        if (!assumption.isEmpty()) {
            line(text, "assumed", assumption);
        }
        if (!omission.isEmpty()) {
            line(text, "not counted", omission);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-16s %s%n", name, value));
    }
}
