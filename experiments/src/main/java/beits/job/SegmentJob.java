package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.NamedTensors;
import beits.data.Batch;
import beits.data.ClassColours;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.Sample;
import beits.data.SegmentationPipeline;
import beits.device.Executable;
import beits.image.Image;
import beits.model.BeitConfig;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.recipe.OptimRecipe;
import beits.recipe.SegmentRecipe;
import beits.segmentation.MeanIou;
import beits.segmentation.SegmentationBatch;
import beits.segmentation.SegmentationConfig;
import beits.segmentation.SegmentationModel;
import beits.segmentation.SegmentationObjective;
import beits.segmentation.SegmentationPredictor;
import beits.tensor.Arena;
import beits.train.BestModel;
import beits.train.RunCheckpoints;
import beits.train.Trainer;
import beits.train.TrainingLoop;
import beits.transform.Normalisation;
import beits.transform.PairTransform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fine-tunes an encoder with a segmentation decoder, and measures it on test pictures resized to what the network reads;
 * {@link Evaluation#segment} measures at their own size.
 */
public final class SegmentJob {
    private static final int EVALUATION_BATCH = 16;

    private SegmentJob() {}

    /**
     * What a job leaves.
     *
     * @param outcome how it ended
     * @param weights the model with its description
     * @param metrics on the test scenes at the end
     * @param best the weights of the highest mean IoU on the way, or none when they were measured at the end alone
     * @param classNames names of the classes
     */
    public record Result(
            TrainingLoop.Outcome outcome,
            NamedTensors weights,
            MeanIou metrics,
            BestModel.@Nullable Best best,
            List<String> classNames) {}

    /** Looks at the model when training has ended, while it is still on the device. */
    @FunctionalInterface
    public interface Inspection {
        /** Looks. */
        void look(Inspected inspected) throws IOException;
    }

    /** A trained model on its device, with the test pictures as it reads them. */
    public static final class Inspected {
        private final SegmentationPredictor predictor;
        private final Executable executable;
        private final Dataset test;
        private final SegmentationPipeline reading;

        private Inspected(
                SegmentationPredictor predictor, Executable executable, Dataset test, SegmentationPipeline reading) {
            this.predictor = predictor;
            this.executable = executable;
            this.test = test;
            this.reading = reading;
        }

        /** Rows of picture, picture under its true classes, picture under the predicted ones: the first test pictures. */
        public List<List<Image>> overlays(int count) {
            List<List<Image>> rows = new ArrayList<>();
            int wanted = Math.min(count, test.size());
            // Pictures that cannot be read were refused or left out when the model was measured.
            LoaderOptions options =
                    LoaderOptions.evaluation(predictor.batch(), 0).withBroken(LoaderOptions.Broken.SKIP);
            try (Loader loader = Loader.once(test, reading, options)) {
                while (loader.hasNext() && rows.size() < wanted) {
                    Batch batch = loader.next();
                    int pixels = batch.layout().pixelLabels();
                    int[] predicted = classes(
                            predictor.logits(executable, batch.images()),
                            test.classNames().size());
                    for (int i = 0; i < batch.count() && rows.size() < wanted; i++) {
                        Image picture = reading.normalisation()
                                .invert(
                                        batch.images(),
                                        i * batch.layout().imageLength(),
                                        batch.layout().height(),
                                        batch.layout().width());
                        rows.add(List.of(
                                picture.rgb(),
                                ClassColours.overlay(picture, batch.pixelLabels(), i * pixels),
                                ClassColours.overlay(picture, predicted, i * pixels)));
                    }
                }
            }
            return rows;
        }
    }

    /**
     * Runs the job.
     *
     * @param pretrained a masked image model or a classifier to start the encoder from, or none
     * @param inspection what to look at in the end
     */
    public static Result run(
            SegmentRecipe recipe, @Nullable StartWeights pretrained, JobContext context, Inspection inspection)
            throws IOException {
        Constants.checkSegmentation(
                pretrained, Constants.of(recipe.imagenetMeanAndStd(), recipe.model()), context.notes());
        BeitConfig config = recipe.model().config();
        OptimRecipe optim = recipe.optim();
        long seed = recipe.run().seed();
        int workers = recipe.run().workers();
        Dataset data = SegmentPictures.training(recipe.data(), config.imageHeight(), seed);
        Dataset test = SegmentPictures.test(recipe.data(), config.imageHeight(), seed);
        SegmentationConfig shape = recipe.config(data.classNames().size());
        SegmentationPipeline pipeline = pipeline(recipe);
        Normalisation normalisation = pipeline.normalisation();
        SegmentationPipeline reading = new SegmentationPipeline(
                List.of(new PairTransform.Square(config.imageHeight())), config.imageHeight(), normalisation, false);
        Layout layout = new Layout();
        SegmentationModel model = new SegmentationModel(layout, shape);
        SegmentationObjective objective =
                new SegmentationObjective(layout, model, optim.batchSize(), weights(recipe, shape.classes()), seed);
        Optimiser optimiser = new Optimiser(
                layout,
                optim.settings(),
                ParameterGroup.of(
                        layout.parameters(), new LayerDecay(optim.layerDecay(), config.depth()), Set.of(), true));
        SegmentationPredictor predictor = new SegmentationPredictor(layout, model, EVALUATION_BATCH);
        Map<String, String> description = new ModelCard(
                        ModelKind.SEGMENTER,
                        recipe.model(),
                        null,
                        0,
                        null,
                        data.classNames(),
                        normalisation.mean(),
                        normalisation.std(),
                        null,
                        new ModelCard.Decoder(recipe.decoder(), recipe.blocks(), recipe.channels()))
                .description();
        LoaderOptions options = LoaderOptions.training(optim.batchSize(), seed, workers);
        try (LoaderSource<SegmentationBatch> source = new LoaderSource<>(
                        data,
                        pipeline,
                        options,
                        recipe.data().skipBroken(),
                        optim.updateFreq(),
                        SegmentJob::labelled,
                        context.notes());
                Trainer<SegmentationBatch> trainer = new Trainer<>(
                        context.device(),
                        objective,
                        optimiser,
                        optim.updateFreq(),
                        recipe.learningRates(source.stepsPerEpoch()),
                        optim.weightDecays(source.stepsPerEpoch()),
                        List.of(predictor.program()),
                        recipe.model().recompute())) {
            if (!recipe.data().source().generated()) {
                context.notes().accept("JPEG decoder: " + Pictures.decoder());
            }
            trainer.initialise(seed);
            if (pretrained != null) {
                FineTuningStart.from(pretrained, config, trainer, layout, context.notes());
            }
            Supplier<MeanIou> measure = () -> evaluate(
                    predictor,
                    trainer,
                    test,
                    reading,
                    shape.classes(),
                    Evaluation.options(predictor.batch(), workers, recipe.data().skipBroken()));
            JobRunner.Ended ended = JobRunner.run(
                    context,
                    recipe.run(),
                    trainer,
                    source,
                    source.stepsPerEpoch(),
                    description,
                    () -> {
                        MeanIou metrics = measure.get();
                        return Map.of("meanIou", metrics.meanIou(), "pixelAccuracy", metrics.pixelAccuracy());
                    },
                    Map.of(Arena.PARAMETERS, "meanIou"));
            if (ended.outcome() == TrainingLoop.Outcome.FINISHED) {
                inspection.look(new Inspected(predictor, trainer.executable(), test, reading));
            }
            NamedTensors weights = RunCheckpoints.model(trainer.executable(), layout, Arena.PARAMETERS);
            description.forEach(weights::describe);
            return new Result(
                    ended.outcome(), weights, measure.get(), ended.best().get(Arena.PARAMETERS), data.classNames());
        }
    }

    private static double[] weights(SegmentRecipe recipe, int classes) {
        if (!recipe.classWeights().isEmpty() && recipe.classWeights().size() != classes) {
            throw new IllegalArgumentException("classWeights: %d weights for %d classes; give one a class or []"
                    .formatted(recipe.classWeights().size(), classes));
        }
        return recipe.classWeights().stream().mapToDouble(w -> w).toArray();
    }

    /** What a recipe does to the pictures and masks it trains on. */
    public static SegmentationPipeline pipeline(SegmentRecipe recipe) {
        int size = recipe.model().imageSize();
        List<PairTransform> transforms = new ArrayList<>();
        if (recipe.randomResize()) {
            transforms.add(new PairTransform.RandomResize(4 * size, size, 0.5, 2));
            transforms.add(new PairTransform.Crop(size, 0.75));
        }
        if (recipe.flip()) {
            transforms.add(new PairTransform.Mirror(0.5));
        }
        if (recipe.photometric()) {
            transforms.add(new PairTransform.PhotometricDistortion());
        }
        return new SegmentationPipeline(
                transforms, size, Constants.of(recipe.imagenetMeanAndStd(), recipe.model()), recipe.randomResize());
    }

    private static SegmentationBatch labelled(Batch batch) {
        return new SegmentationBatch(batch.images(), labels(batch));
    }

    private static int[] labels(Batch batch) {
        int[] labels = batch.pixelLabels().clone();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == Sample.Segmented.IGNORED) {
                labels[i] = SegmentationBatch.IGNORED;
            }
        }
        return labels;
    }

    private static MeanIou evaluate(
            SegmentationPredictor predictor,
            Trainer<SegmentationBatch> trainer,
            Dataset test,
            SegmentationPipeline pipeline,
            int classes,
            LoaderOptions options) {
        MeanIou metrics = new MeanIou(classes);
        try (Loader loader = Loader.once(test, pipeline, options)) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                if (batch.count() > 0) {
                    int pixels = batch.layout().pixelLabels();
                    float[] images = Arrays.copyOf(
                            batch.images(), predictor.batch() * batch.layout().imageLength());
                    int[] predicted = classes(predictor.logits(trainer.executable(), images), classes);
                    metrics.add(
                            Arrays.copyOf(labels(batch), batch.count() * pixels),
                            Arrays.copyOf(predicted, batch.count() * pixels));
                }
                loader.recycle(batch);
            }
        }
        return metrics;
    }

    /** The class with the largest logit of each pixel, the first of equals. */
    public static int[] classes(float[] logits, int classes) {
        int[] result = new int[logits.length / classes];
        for (int i = 0; i < result.length; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (logits[i * classes + c] > logits[i * classes + best]) {
                    best = c;
                }
            }
            result[i] = best;
        }
        return result;
    }
}
