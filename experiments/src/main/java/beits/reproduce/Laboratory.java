package beits.reproduce;

import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.device.Device;
import beits.job.FinetuneJob;
import beits.job.JobContext;
import beits.job.LoadedTokenizer;
import beits.job.PretrainJob;
import beits.job.StartWeights;
import beits.job.TokenizerJob;
import beits.mim.MimTarget;
import beits.recipe.FinetuneRecipe;
import beits.recipe.Overrides;
import beits.recipe.PretrainRecipe;
import beits.recipe.RecipeException;
import beits.recipe.Recipes;
import beits.recipe.TokenizerRecipe;
import beits.train.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the experiments share: a device, seeds, and models of the small recipes for Fashion-MNIST that come along. Tokenizers and
 * encoders are kept in the folder under the recipe that made them, so that experiments share them and a run that was stopped
 * goes on where it was.
 */
public final class Laboratory {
    private static final String TOKENIZER = "fashion-tokenizer";
    private static final String PRETRAINING = "fashion-pretrain";
    private static final String FINE_TUNING = "fashion-finetune";

    private final Device device;
    private final Path folder;
    private final long[] seeds;
    private final Overrides overrides;
    private final Function<String, Consumer<TrainingEvent>> listeners;

    /**
     * A laboratory.
     *
     * @param folder that keeps the models
     * @param firstSeed of the seeds, counted up from there
     * @param seeds how many
     * @param overrides fields of the recipes
     * @param listeners gives a listener for each training, by title
     * @throws RecipeException when an override belongs to none of the recipes
     */
    public Laboratory(
            Device device,
            Path folder,
            long firstSeed,
            int seeds,
            Overrides overrides,
            Function<String, Consumer<TrainingEvent>> listeners) {
        this.device = device;
        this.folder = folder;
        this.seeds = LongStream.range(firstSeed, firstSeed + seeds).toArray();
        overrides.requireAnyOf(List.of(TOKENIZER, PRETRAINING, FINE_TUNING));
        this.overrides = overrides;
        this.listeners = listeners;
    }

    /** The device. */
    Device device() {
        return device;
    }

    /** The seeds of an experiment. */
    long[] seeds() {
        return seeds.clone();
    }

    /** The recipe of pre-training under a seed, with fields changed. */
    PretrainRecipe pretraining(long seed, String... changes) throws IOException {
        return read(PRETRAINING, PretrainRecipe.class, seed, changes);
    }

    /** The recipe of fine-tuning under a seed, with fields changed. */
    FinetuneRecipe fineTuning(long seed, String... changes) throws IOException {
        return read(FINE_TUNING, FinetuneRecipe.class, seed, changes);
    }

    private <T> T read(String name, Class<T> type, long seed, String... changes) throws IOException {
        List<String> fields = new ArrayList<>(overrides.of(name));
        fields.addAll(Arrays.asList(changes));
        fields.add("run.seed=" + seed);
        return Recipes.read(name, type, fields);
    }

    /**
     * The checkpoint of a pre-trained encoder, trained when it is not there yet.
     *
     * @param name of this way to pre-train
     * @param changes fields of the recipe
     */
    Path encoder(String name, long seed, String... changes) throws IOException {
        PretrainRecipe recipe = pretraining(seed, changes);
        return kept(name, seed, recipe, context -> {
            if (recipe.target() == MimTarget.MASKED_PIXELS) {
                return PretrainJob.run(recipe, null, context, 1, (_, _) -> {}).weights();
            }
            try (LoadedTokenizer tokenizer = LoadedTokenizer.of(
                    device,
                    Safetensors.read(tokenizer(seed)),
                    TOKENIZER,
                    recipe.optim().batchSize())) {
                return PretrainJob.run(recipe, tokenizer, context, 1, (_, _) -> {})
                        .weights();
            }
        });
    }

    /** A tokenizer. */
    private Path tokenizer(long seed) throws IOException {
        TokenizerRecipe recipe = read(TOKENIZER, TokenizerRecipe.class, seed);
        return kept(
                "tokenizer",
                seed,
                recipe,
                context -> TokenizerJob.run(recipe, context).weights());
    }

    /**
     * Fine-tunes and measures.
     *
     * @param title of the training, for whoever watches
     * @param start checkpoint to start from, or none for fresh weights
     * @param events hears every step and evaluation
     */
    FinetuneJob.Result fineTune(
            String title, FinetuneRecipe recipe, @Nullable Path start, Consumer<TrainingEvent> events)
            throws IOException {
        StartWeights weights = start == null ? null : StartWeights.open("initFrom", start);
        return FinetuneJob.run(recipe, weights, context(title, events), (_, _) -> {});
    }

    /** Trains a model. */
    @FunctionalInterface
    private interface Training {
        NamedTensors run(JobContext context) throws IOException;
    }

    private Path kept(String name, long seed, Object recipe, Training training) throws IOException {
        Path place = folder.resolve("%s-%d".formatted(name, seed));
        Path model = place.resolve("model.safetensors");
        Path recipeFile = place.resolve("recipe.yaml");
        String text = Recipes.write(recipe);
        if (Files.isRegularFile(model)
                && Files.isRegularFile(recipeFile)
                && Objects.equals(Files.readString(recipeFile), text)) {
            return model;
        }
        NamedTensors weights = training.run(context("%s, seed %d".formatted(name, seed), _ -> {}));
        Files.createDirectories(place);
        Files.deleteIfExists(model);
        Files.writeString(recipeFile, text);
        Safetensors.write(model, weights);
        return model;
    }

    private JobContext context(String title, Consumer<TrainingEvent> events) {
        // What fine-tuning takes from an encoder is the same every time, so the notes of the jobs are left out.
        return new JobContext(device, null, false, listeners.apply(title).andThen(events), _ -> {}, () -> false);
    }
}
