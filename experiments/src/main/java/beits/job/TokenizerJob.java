package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.NamedTensors;
import beits.data.Batch;
import beits.data.Dataset;
import beits.data.LoaderOptions;
import beits.data.PicturePipeline;
import beits.data.Subset;
import beits.device.Device;
import beits.image.Image;
import beits.image.PictureException;
import beits.image.Resampling;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.recipe.OptimRecipe;
import beits.recipe.TokenizerRecipe;
import beits.tensor.Arena;
import beits.tokenizer.DiscreteVae;
import beits.tokenizer.DiscreteVaeConfig;
import beits.tokenizer.DiscreteVaeTraining;
import beits.tokenizer.TemperatureSchedule;
import beits.train.RunCheckpoints;
import beits.train.Trainer;
import beits.train.TrainingLoop;
import beits.transform.CropResize;
import beits.transform.Flip;
import beits.transform.Normalisation;
import beits.transform.PictureTransform;
import beits.transform.RandomResizedCrop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Trains a dVAE tokenizer. */
public final class TokenizerJob {
    /** Share of the run after which the temperature has reached its end. */
    private static final double TEMPERATURE_SHARE = 0.8;

    private TokenizerJob() {}

    /**
     * What a job leaves.
     *
     * @param outcome how it ended
     * @param weights the model with its description
     */
    public record Result(TrainingLoop.Outcome outcome, NamedTensors weights) {}

    /** Runs the job. */
    public static Result run(TokenizerRecipe recipe, JobContext context) throws IOException {
        DiscreteVaeConfig config = recipe.model();
        OptimRecipe optim = recipe.optim();
        Dataset data = pictures(recipe);
        PicturePipeline pipeline = pipeline(recipe, data);
        Normalisation normalisation = pipeline.normalisation();
        LoaderOptions options = LoaderOptions.training(
                optim.batchSize(), recipe.run().seed(), recipe.run().workers());
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(layout, config);
        try (LoaderSource<float[]> source = new LoaderSource<>(
                data,
                pipeline,
                options,
                recipe.data().skipBroken(),
                optim.updateFreq(),
                Batch::images,
                context.notes())) {
            Pictures.announceDecoder(recipe.data(), context.notes());
            int stepsPerEpoch = source.stepsPerEpoch();
            int descent = (int) (TEMPERATURE_SHARE * optim.epochs() * stepsPerEpoch * optim.updateFreq());
            DiscreteVaeTraining objective = new DiscreteVaeTraining(
                    model,
                    recipe.loss(),
                    new TemperatureSchedule(recipe.temperature(), recipe.temperatureEnd(), descent),
                    optim.batchSize(),
                    recipe.run().seed());
            Optimiser optimiser = new Optimiser(
                    layout,
                    optim.settings(),
                    ParameterGroup.of(layout.parameters(), LayerDecay.NONE, ParameterGroup.NEVER_DECAYED, true));
            Map<String, String> description = new ModelCard(
                            ModelKind.TOKENIZER,
                            null,
                            config,
                            config.tokens(),
                            null,
                            List.of(),
                            normalisation.mean(),
                            normalisation.std(),
                            null)
                    .description();
            try (Trainer<float[]> trainer = new Trainer<>(
                    context.device(),
                    objective,
                    optimiser,
                    optim.updateFreq(),
                    optim.learningRates(stepsPerEpoch),
                    optim.weightDecays(stepsPerEpoch),
                    List.of())) {
                trainer.initialise(recipe.run().seed());
                TrainingLoop.Outcome outcome =
                        JobRunner.run(context, recipe.run(), trainer, source, stepsPerEpoch, description);
                NamedTensors weights = RunCheckpoints.model(
                        trainer.executable(), layout, trainer.averaging() ? Arena.AVERAGE : Arena.PARAMETERS);
                description.forEach(weights::describe);
                return new Result(outcome, weights);
            }
        }
    }

    /** The pictures of a recipe. */
    public static Dataset pictures(TokenizerRecipe recipe) {
        return Pictures.unlabelled(
                recipe.data(), recipe.model().imageSize(), recipe.run().seed());
    }

    /**
     * What the tokenizer keeps of some pictures that can be read: of the test pictures where the source has them, else of those it was
     * trained on.
     *
     * @param weights that the job left
     * @param count how many pictures at most
     */
    public static Reconstruction.Result reconstruct(
            TokenizerRecipe recipe, NamedTensors weights, Device device, int count) throws IOException {
        Dataset pictures = readable(test(recipe), count);
        if (pictures.size() == 0) {
            pictures = readable(pictures(recipe), count);
        }
        int batch = Math.min(recipe.optim().batchSize(), pictures.size());
        try (LoadedTokenizer tokenizer = LoadedTokenizer.of(device, weights, "the tokenizer", batch)) {
            return Reconstruction.run(pictures, tokenizer, _ -> {}).orElseThrow();
        }
    }

    private static Dataset test(TokenizerRecipe recipe) {
        return switch (recipe.data().source()) {
            case SCENES, PLAIN_SCENES ->
                Pictures.scenes(
                        recipe.data(),
                        false,
                        recipe.model().imageSize(),
                        recipe.run().seed());
            case UNLABELLED_FOLDER -> pictures(recipe);
            default -> {
                try {
                    yield Pictures.test(recipe.data());
                } catch (PictureException e) {
                    // A folder may hold training pictures only: a tokenizer asks for no others.
                    yield pictures(recipe);
                }
            }
        };
    }

    private static Dataset readable(Dataset data, int count) {
        int[] chosen = IntStream.range(0, data.size())
                .filter(i -> {
                    try {
                        data.get(i);
                        return true;
                    } catch (PictureException e) {
                        return false;
                    }
                })
                .limit(count)
                .toArray();
        return new Subset(data, chosen);
    }

    /** What a recipe does to the pictures it trains on. */
    public static PicturePipeline pipeline(TokenizerRecipe recipe, Dataset data) {
        int size = recipe.model().imageSize();
        List<PictureTransform> transforms = new ArrayList<>();
        if (!hasSize(data, size)) {
            transforms.add(new CropResize(RandomResizedCrop.DEFAULT, size, Resampling.BICUBIC));
        }
        if (recipe.flip()) {
            transforms.add(new Flip(0.5));
        }
        return new PicturePipeline(
                transforms, size, Normalisation.uniform(recipe.model().channels(), 0.5f, 0.5f));
    }

    /** Whether pictures, judged by the first one that can be read, are squares of this size already. */
    static boolean hasSize(Dataset data, int size) {
        for (int i = 0; i < data.size(); i++) {
            try {
                Image first = data.get(i).picture();
                return first.height() == size && first.width() == size;
            } catch (PictureException e) {
                // The loader meets it again and does what the recipe says about broken pictures.
                continue;
            }
        }
        return false;
    }
}
