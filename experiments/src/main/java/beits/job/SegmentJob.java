package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.NamedTensors;
import beits.data.Batch;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.Sample;
import beits.data.SegmentationPipeline;
import beits.data.source.FashionMnist;
import beits.data.source.Scenes;
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
import beits.train.RunCheckpoints;
import beits.train.Trainer;
import beits.train.TrainingLoop;
import beits.transform.Normalisation;
import beits.transform.PairTransform;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Fine-tunes an encoder with a segmentation decoder on generated scenes, and measures it. */
public final class SegmentJob {
    private static final int EVALUATION_BATCH = 16;

    private SegmentJob() {}

    /**
     * What a job leaves.
     *
     * @param outcome how it ended
     * @param weights the model with its description
     * @param metrics on the test scenes at the end
     * @param classNames names of the classes
     */
    public record Result(
            TrainingLoop.Outcome outcome, NamedTensors weights, MeanIou metrics, List<String> classNames) {}

    /** Looks at the model when training has ended, while it is still on the device. */
    @FunctionalInterface
    public interface Inspection {
        /** Looks. */
        void look(SegmentationPredictor predictor, Trainer<SegmentationBatch> trainer, Dataset test) throws IOException;
    }

    /**
     * Runs the job.
     *
     * @param pretrained a masked image model or a classifier to start the encoder from, or none
     * @param inspection what to look at in the end
     */
    public static Result run(
            SegmentRecipe recipe, @Nullable NamedTensors pretrained, JobContext context, Inspection inspection)
            throws IOException {
        BeitConfig config = recipe.model().config();
        OptimRecipe optim = recipe.optim();
        long seed = recipe.run().seed();
        int workers = recipe.run().workers();
        Dataset data = new Scenes(
                FashionMnist.bundled(FashionMnist.Part.TRAIN),
                config.imageHeight(),
                recipe.data().training(),
                seed);
        Dataset test = new Scenes(
                FashionMnist.bundled(FashionMnist.Part.TEST),
                config.imageHeight(),
                recipe.data().test(),
                seed);
        SegmentationConfig shape = recipe.config(data.classNames().size());
        Normalisation normalisation = Normalisation.uniform(config.channels(), 0.5f, 0.5f);
        List<PairTransform> transforms = recipe.flip() ? List.of(new PairTransform.Mirror(0.5)) : List.of();
        SegmentationPipeline pipeline = new SegmentationPipeline(transforms, config.imageHeight(), normalisation);
        SegmentationPipeline reading = new SegmentationPipeline(List.of(), config.imageHeight(), normalisation);
        Layout layout = new Layout();
        SegmentationModel model = new SegmentationModel(layout, shape);
        SegmentationObjective objective = new SegmentationObjective(layout, model, optim.batchSize(), seed);
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
                        null)
                .description();
        LoaderOptions options = LoaderOptions.training(optim.batchSize(), seed, workers);
        try (LoaderSource<SegmentationBatch> source =
                        new LoaderSource<>(data, pipeline, options, optim.updateFreq(), SegmentJob::labelled);
                Trainer<SegmentationBatch> trainer = new Trainer<>(
                        context.device(),
                        objective,
                        optimiser,
                        optim.updateFreq(),
                        optim.learningRates(source.stepsPerEpoch()),
                        optim.weightDecays(source.stepsPerEpoch()),
                        List.of(predictor.program()))) {
            trainer.initialise(seed);
            if (pretrained != null) {
                FineTuningStart.from(pretrained, config, trainer, layout, context.notes());
            }
            Supplier<MeanIou> measure = () -> evaluate(predictor, trainer, test, reading, shape.classes(), workers);
            TrainingLoop.Outcome outcome =
                    JobRunner.run(context, recipe.run(), trainer, source, source.stepsPerEpoch(), description, () -> {
                        MeanIou metrics = measure.get();
                        return Map.of("meanIou", metrics.meanIou(), "pixelAccuracy", metrics.pixelAccuracy());
                    });
            if (outcome == TrainingLoop.Outcome.FINISHED) {
                inspection.look(predictor, trainer, test);
            }
            NamedTensors weights = RunCheckpoints.model(trainer.executable(), layout, Arena.PARAMETERS);
            description.forEach(weights::describe);
            return new Result(outcome, weights, measure.get(), data.classNames());
        }
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
            int workers) {
        MeanIou metrics = new MeanIou(classes);
        try (Loader loader = Loader.once(test, pipeline, LoaderOptions.evaluation(predictor.batch(), workers))) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                int pixels = batch.layout().pixelLabels();
                float[] images = Arrays.copyOf(
                        batch.images(), predictor.batch() * batch.layout().imageLength());
                int[] predicted = classes(predictor.logits(trainer.executable(), images), classes);
                metrics.add(
                        Arrays.copyOf(labels(batch), batch.count() * pixels),
                        Arrays.copyOf(predicted, batch.count() * pixels));
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
