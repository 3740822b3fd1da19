package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.NamedTensors;
import beits.classification.Accuracy;
import beits.classification.ClassPredictor;
import beits.classification.ClassificationBatch;
import beits.classification.ClassificationObjective;
import beits.data.Batch;
import beits.data.Dataset;
import beits.data.LoaderOptions;
import beits.data.PicturePipeline;
import beits.data.Splits;
import beits.device.Executable;
import beits.image.Resampling;
import beits.model.BeitConfig;
import beits.model.ImageClassifier;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.recipe.FinetuneRecipe;
import beits.recipe.OptimRecipe;
import beits.tensor.Arena;
import beits.tensor.Slot;
import beits.train.BestModel;
import beits.train.RunCheckpoints;
import beits.train.Trainer;
import beits.train.TrainingLoop;
import beits.transform.AugmentationPolicy;
import beits.transform.BatchMix;
import beits.transform.ColorJitter;
import beits.transform.CropResize;
import beits.transform.Flip;
import beits.transform.Jitter;
import beits.transform.Normalisation;
import beits.transform.PaddedCrop;
import beits.transform.PictureTransform;
import beits.transform.RandomErasing;
import beits.transform.RandomResizedCrop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Fine-tunes a classifier from a pre-trained encoder or from scratch, and measures it. */
public final class FinetuneJob {
    private static final int EVALUATION_BATCH = 100;

    private FinetuneJob() {}

    /**
     * What a job leaves.
     *
     * @param outcome how it ended
     * @param weights the model with its description
     * @param classNames in the order of the model's outputs
     * @param accuracy on the test pictures at the end
     * @param best the weights of the highest top-1 on the way, or none when they were measured at the end alone
     * @param averaged the moving average of the weights, when one was kept
     */
    public record Result(
            TrainingLoop.Outcome outcome,
            NamedTensors weights,
            List<String> classNames,
            Accuracy accuracy,
            BestModel.@Nullable Best best,
            @Nullable Averaged averaged) {}

    /**
     * The moving average of the weights.
     *
     * @param weights with their description
     * @param accuracy on the test pictures at the end
     * @param best the average of the highest top-1 on the way, or none
     */
    public record Averaged(NamedTensors weights, Accuracy accuracy, BestModel.@Nullable Best best) {}

    /** Looks at the model when training has ended, while it is still on the device. */
    @FunctionalInterface
    public interface Inspection {
        /** Looks. */
        void look(ClassPredictor predictor, Trainer<ClassificationBatch> trainer) throws IOException;
    }

    /**
     * Runs the job.
     *
     * @param pretrained a masked image model or a classifier to start from, or none to start from scratch
     * @param inspection what to look at in the end
     */
    public static Result run(
            FinetuneRecipe recipe, @Nullable StartWeights pretrained, JobContext context, Inspection inspection)
            throws IOException {
        Constants.check(pretrained, Constants.of(recipe.imagenetMeanAndStd(), recipe.model()));
        BeitConfig config = recipe.model().config();
        OptimRecipe optim = recipe.optim();
        int workers = recipe.run().workers();
        Dataset data = training(recipe);
        Dataset test = Pictures.test(recipe.data());
        requireSameNumbers(data, test);
        int classes = data.classNames().size();
        PicturePipeline pipeline = pipeline(recipe, data);
        Normalisation normalisation = pipeline.normalisation();
        LoaderOptions options = LoaderOptions.training(
                        optim.batchSize(), recipe.run().seed(), workers)
                .withRepeats(recipe.repeatedAugmentation());
        Layout layout = new Layout();
        ImageClassifier model = new ImageClassifier(layout, config, classes, recipe.pooling(), recipe.initScale());
        ClassificationObjective objective = new ClassificationObjective(
                layout,
                model,
                optim.batchSize(),
                recipe.mixes(),
                recipe.smoothing(),
                recipe.run().seed());
        Optimiser optimiser = new Optimiser(
                layout,
                optim.settings(),
                ParameterGroup.of(
                        layout.parameters(),
                        new LayerDecay(optim.layerDecay(), config.depth()),
                        ParameterGroup.NEVER_DECAYED,
                        recipe.relPosDecay()));
        ClassPredictor predictor = new ClassPredictor(layout, model, EVALUATION_BATCH, false);
        Map<String, String> description = new ModelCard(
                        ModelKind.CLASSIFIER,
                        recipe.model(),
                        null,
                        0,
                        recipe.pooling(),
                        data.classNames(),
                        normalisation.mean(),
                        normalisation.std(),
                        null)
                .description();
        try (LoaderSource<ClassificationBatch> source = new LoaderSource<>(
                        data,
                        pipeline,
                        options,
                        recipe.data().skipBroken(),
                        optim.updateFreq(),
                        batch -> labelled(batch, recipe.mixes()),
                        context.notes());
                Trainer<ClassificationBatch> trainer = new Trainer<>(
                        context.device(),
                        objective,
                        optimiser,
                        optim.updateFreq(),
                        optim.learningRates(source.stepsPerEpoch()),
                        optim.weightDecays(source.stepsPerEpoch()),
                        List.of(predictor.program()),
                        recipe.model().recompute())) {
            Pictures.announceDecoder(recipe.data(), context.notes());
            trainer.initialise(recipe.run().seed());
            if (pretrained != null) {
                FineTuningStart.from(pretrained, config, trainer, layout, context.notes());
            }
            PicturePipeline reading = Evaluation.pipeline(config.imageHeight(), normalisation);
            Supplier<Accuracy> measure = () -> Evaluation.classify(
                    predictor,
                    trainer.executable(),
                    test,
                    reading,
                    Evaluation.options(predictor.batch(), workers, recipe.data().skipBroken()));
            TrainingLoop.Evaluation evaluation = () -> {
                Map<String, Double> metrics = new LinkedHashMap<>();
                Accuracy accuracy = measure.get();
                metrics.put("top1", accuracy.top1());
                metrics.put("top5", accuracy.top5());
                if (trainer.averaging()) {
                    Accuracy averaged = withAverage(trainer.executable(), layout, measure);
                    metrics.put("emaTop1", averaged.top1());
                    metrics.put("emaTop5", averaged.top5());
                }
                return metrics;
            };
            JobRunner.Ended ended = JobRunner.run(
                    context,
                    recipe.run(),
                    trainer,
                    source,
                    source.stepsPerEpoch(),
                    description,
                    evaluation,
                    trainer.averaging()
                            ? Map.of(Arena.PARAMETERS, "top1", Arena.AVERAGE, "emaTop1")
                            : Map.of(Arena.PARAMETERS, "top1"));
            if (ended.outcome() == TrainingLoop.Outcome.FINISHED) {
                inspection.look(predictor, trainer);
            }
            NamedTensors weights = described(trainer.executable(), layout, Arena.PARAMETERS, description);
            Averaged averaged = trainer.averaging()
                    ? new Averaged(
                            described(trainer.executable(), layout, Arena.AVERAGE, description),
                            withAverage(trainer.executable(), layout, measure),
                            ended.best().get(Arena.AVERAGE))
                    : null;
            return new Result(
                    ended.outcome(),
                    weights,
                    data.classNames(),
                    measure.get(),
                    ended.best().get(Arena.PARAMETERS),
                    averaged);
        }
    }

    /** A list numbers the classes that it has; those of the test pictures must have the numbers that the model learns. */
    private static void requireSameNumbers(Dataset training, Dataset test) {
        Pictures.requireLabels(training, "training");
        Pictures.requireLabels(test, "test");
        List<String> learnt = training.classNames();
        List<String> asked = test.classNames();
        if (asked.size() > learnt.size() || !learnt.subList(0, asked.size()).equals(asked)) {
            throw new IllegalArgumentException(
                    "data.path: the training pictures have %d classes (%s), the test pictures %d (%s); give both the same"
                            .formatted(learnt.size(), first(learnt), asked.size(), first(asked)));
        }
    }

    private static String first(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(4, names.size()))) + (names.size() > 4 ? " ..." : "");
    }

    private static NamedTensors described(
            Executable executable, Layout layout, Arena arena, Map<String, String> description) {
        NamedTensors weights = RunCheckpoints.model(executable, layout, arena);
        description.forEach(weights::describe);
        return weights;
    }

    /** Measures with the moving average in the place of the weights, which are put back to the last bit. */
    private static Accuracy withAverage(Executable executable, Layout layout, Supplier<Accuracy> measure) {
        Slot parameters = layout.whole(Arena.PARAMETERS);
        double[] weights = executable.readDoubles(parameters);
        executable.write(parameters, executable.readDoubles(layout.whole(Arena.AVERAGE)));
        try {
            return measure.get();
        } finally {
            executable.write(parameters, weights);
        }
    }

    /** The pictures that a recipe trains on: all of its data, or so many labels of each class as it asks for. */
    public static Dataset training(FinetuneRecipe recipe) {
        Dataset all = Pictures.training(recipe.data());
        return recipe.labelsPerClass() == 0
                ? all
                : Splits.fewLabels(all, recipe.labelsPerClass(), recipe.run().seed());
    }

    /** What a recipe does to the pictures it trains on. */
    public static PicturePipeline pipeline(FinetuneRecipe recipe, Dataset data) {
        int size = recipe.model().imageSize();
        int classes = data.classNames().size();
        List<PictureTransform> transforms = new ArrayList<>();
        boolean fits = TokenizerJob.hasSize(data, size);
        if (recipe.cropPadding() > 0) {
            if (!fits) {
                throw new IllegalArgumentException("cropPadding = %d: is for pictures of %d x %d pixels; set it to 0"
                        .formatted(recipe.cropPadding(), size, size));
            }
            transforms.add(new PaddedCrop(size, recipe.cropPadding()));
        } else if (recipe.minCropArea() < 1 || !fits) {
            transforms.add(new CropResize(
                    new RandomResizedCrop(recipe.minCropArea(), 1, 3.0 / 4, 4.0 / 3), size, Resampling.BICUBIC));
        }
        if (recipe.flip()) {
            transforms.add(new Flip(0.5));
        }
        Normalisation normalisation = Constants.of(recipe.imagenetMeanAndStd(), recipe.model());
        String policy = recipe.autoAugment();
        if (policy != null) {
            transforms.add(AugmentationPolicy.parse(policy, normalisation.fill()));
        }
        if (recipe.colorJitter() > 0) {
            double strength = recipe.colorJitter();
            transforms.add(new Jitter(new ColorJitter(strength, strength, strength, 0)));
        }
        Optional<RandomErasing> erasing =
                recipe.randomErasing() > 0 ? Optional.of(new RandomErasing(recipe.randomErasing())) : Optional.empty();
        Optional<BatchMix> mix = recipe.mixes()
                ? Optional.of(new BatchMix(
                        recipe.mixup(),
                        recipe.cutmix(),
                        1,
                        0.5,
                        BatchMix.Mode.valueOf(recipe.mixMode().name()),
                        recipe.smoothing(),
                        classes))
                : Optional.empty();
        return new PicturePipeline(transforms, size, normalisation, erasing, mix);
    }

    private static ClassificationBatch labelled(Batch batch, boolean mixed) {
        return new ClassificationBatch(batch.images(), batch.labels(), mixed ? batch.targets() : null);
    }
}
