package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.NamedTensors;
import beits.data.Batch;
import beits.data.Dataset;
import beits.data.LoaderOptions;
import beits.data.PretrainPipeline;
import beits.image.Resampling;
import beits.mim.MimBatch;
import beits.mim.MimTarget;
import beits.mim.TokenPredictor;
import beits.model.BeitConfig;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.recipe.AugmentationRecipe;
import beits.recipe.MaskRecipe;
import beits.recipe.OptimRecipe;
import beits.recipe.PretrainRecipe;
import beits.tensor.Arena;
import beits.tokenizer.ImageTokenizer;
import beits.tokenizer.PixelMapping;
import beits.train.RunCheckpoints;
import beits.train.Trainer;
import beits.train.TrainingLoop;
import beits.transform.BlockwiseMask;
import beits.transform.ColorJitter;
import beits.transform.Normalisation;
import beits.transform.PatchMask;
import beits.transform.PretrainAugmentation;
import beits.transform.RandomMask;
import beits.transform.RandomResizedCrop;
import beits.transform.TokenMapping;
import beits.transform.TwoViewCrop;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pre-trains an encoder by masked image modelling. */
public final class PretrainJob {
    private PretrainJob() {}

    /**
     * What a job leaves.
     *
     * @param outcome how it ended
     * @param weights the model with its description
     */
    public record Result(TrainingLoop.Outcome outcome, NamedTensors weights) {}

    /** Looks at a model that predicts visual tokens when training has ended, while it is still on the device. */
    @FunctionalInterface
    public interface Inspection {
        /** Looks. */
        void look(TokenPredictor predictor, Trainer<MimBatch> trainer) throws IOException;
    }

    /**
     * Runs the job from scratch.
     *
     * @param tokenizer for batches of the recipe's size, or none where pixels are the target
     * @param inspectBatch pictures of a batch for the inspection
     * @param inspection what to look at in the end
     */
    public static Result run(
            PretrainRecipe recipe,
            @Nullable LoadedTokenizer tokenizer,
            JobContext context,
            int inspectBatch,
            Inspection inspection)
            throws IOException {
        return run(recipe, tokenizer, null, context, inspectBatch, inspection);
    }

    /**
     * Runs the job.
     *
     * @param tokenizer for batches of the recipe's size, or none where pixels are the target
     * @param pretrained a model of any layout to start the encoder from, or none to start from scratch
     * @param inspectBatch pictures of a batch for the inspection
     * @param inspection what to look at in the end
     */
    public static Result run(
            PretrainRecipe recipe,
            @Nullable LoadedTokenizer tokenizer,
            @Nullable StartWeights pretrained,
            JobContext context,
            int inspectBatch,
            Inspection inspection)
            throws IOException {
        BeitConfig config = recipe.model().config();
        OptimRecipe optim = recipe.optim();
        boolean pixels = recipe.target() == MimTarget.MASKED_PIXELS;
        LoadedTokenizer tokens = pixels ? null : tokenizer(tokenizer, config);
        Constants.check(pretrained, Constants.of(recipe.imagenetMeanAndStd(), recipe.model()));
        Dataset data = pictures(recipe);
        Normalisation normalisation = Constants.of(recipe.imagenetMeanAndStd(), recipe.model());
        PretrainPipeline pipeline = tokens == null
                ? pipeline(recipe, config.imageHeight(), config.channels(), PixelMapping.CENTRED)
                : pipeline(
                        recipe,
                        tokens.tokenizer().viewSize(),
                        tokens.tokenizer().channels(),
                        tokens.tokenizer().pixels());
        LoaderOptions options = LoaderOptions.training(
                optim.batchSize(), recipe.run().seed(), recipe.run().workers());
        Layout layout = new Layout();
        MimTraining training = MimTraining.of(
                recipe, layout, tokens == null ? 0 : tokens.tokenizer().vocabulary());
        Optimiser optimiser = new Optimiser(
                layout,
                optim.settings(),
                ParameterGroup.of(
                        layout.parameters(),
                        new LayerDecay(optim.layerDecay(), config.depth()),
                        ParameterGroup.NEVER_DECAYED,
                        true));
        TokenPredictor predictor = new TokenPredictor(layout, training.model(), inspectBatch);
        Map<String, String> description = new ModelCard(
                        pixels ? ModelKind.ENCODER : ModelKind.MASKED_IMAGE_MODEL,
                        recipe.model(),
                        null,
                        pixels ? 0 : training.model().vocabulary(),
                        null,
                        List.of(),
                        normalisation.mean(),
                        normalisation.std(),
                        tokens == null ? null : tokens.hash())
                .description();
        try (LoaderSource<MimBatch> source = new LoaderSource<>(
                        data,
                        pipeline,
                        options,
                        recipe.data().skipBroken(),
                        optim.updateFreq(),
                        batch -> tokenize(batch, tokens),
                        context.notes());
                Trainer<MimBatch> trainer = new Trainer<>(
                        context.device(),
                        training.objective(),
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
            TrainingLoop.Outcome outcome =
                    JobRunner.run(context, recipe.run(), trainer, source, source.stepsPerEpoch(), description);
            if (outcome == TrainingLoop.Outcome.FINISHED && !pixels) {
                inspection.look(predictor, trainer);
            }
            NamedTensors all = RunCheckpoints.model(trainer.executable(), layout, Arena.PARAMETERS);
            NamedTensors weights = pixels ? withoutHead(all) : all;
            description.forEach(weights::describe);
            return new Result(outcome, weights);
        }
    }

    /** The tokenizer, which has to be there and to fit. */
    private static LoadedTokenizer tokenizer(@Nullable LoadedTokenizer tokenizer, BeitConfig config) {
        if (tokenizer == null) {
            throw new IllegalArgumentException("tokenizer: visual tokens are the target, so there must be one");
        }
        checkGrids(config, tokenizer.tokenizer());
        return tokenizer;
    }

    /** An encoder alone: a head that paints pixels is of no use to what starts from it. */
    private static NamedTensors withoutHead(NamedTensors model) {
        NamedTensors encoder = new NamedTensors();
        model.tensors().forEach((name, tensor) -> {
            if (!name.startsWith("lm_head.")) {
                encoder.put(name, tensor);
            }
        });
        return encoder;
    }

    static void checkGrids(BeitConfig config, ImageTokenizer tokenizer) {
        if (config.gridHeight() != tokenizer.grid() || config.gridWidth() != tokenizer.grid()) {
            throw new IllegalArgumentException(
                    "model.imageSize: %d x %d patches do not match the %d x %d visual tokens of the tokenizer; change imageSize or patchSize, or use another tokenizer"
                            .formatted(config.gridHeight(), config.gridWidth(), tokenizer.grid(), tokenizer.grid()));
        }
        if (tokenizer.pixels() == PixelMapping.CENTRED && tokenizer.channels() != config.channels()) {
            throw new IllegalArgumentException("model.channels: %d where the tokenizer reads %d"
                    .formatted(config.channels(), tokenizer.channels()));
        }
    }

    /** The pictures of a recipe. */
    public static Dataset pictures(PretrainRecipe recipe) {
        return Pictures.unlabelled(
                recipe.data(), recipe.model().imageSize(), recipe.run().seed());
    }

    /**
     * What a recipe does to its pictures.
     *
     * @param viewSize pixels of a side of the token view
     * @param tokenChannels channels of the token view
     * @param pixels how the tokenizer takes them
     */
    public static PretrainPipeline pipeline(
            PretrainRecipe recipe, int viewSize, int tokenChannels, PixelMapping pixels) {
        BeitConfig config = recipe.model().config();
        AugmentationRecipe augmentation = recipe.augmentation();
        double jitter = augmentation.colorJitter();
        RandomResizedCrop crop = augmentation.minCropArea() == 1
                ? new RandomResizedCrop(1, 1, 1, 1)
                : new RandomResizedCrop(augmentation.minCropArea(), 1, 3.0 / 4, 4.0 / 3);
        TwoViewCrop views =
                new TwoViewCrop(crop, config.imageHeight(), Resampling.BICUBIC, viewSize, Resampling.LANCZOS);
        TokenMapping mapping = switch (pixels) {
            case CENTRED -> new TokenMapping.Normalised(Normalisation.uniform(tokenChannels, 0.5f, 0.5f));
            case DALL_E -> new TokenMapping.MapPixels();
        };
        return new PretrainPipeline(
                new PretrainAugmentation(new ColorJitter(jitter, jitter, jitter, 0), augmentation.flip(), views),
                Constants.of(recipe.imagenetMeanAndStd(), recipe.model()),
                mapping,
                mask(recipe.mask(), config));
    }

    /** The mask generator of a recipe. */
    public static PatchMask mask(MaskRecipe recipe, BeitConfig config) {
        if (!recipe.blockwise()) {
            return new RandomMask(config.gridHeight(), config.gridWidth(), recipe.maskPatches());
        }
        Integer largest = recipe.maxMaskPatches();
        return new BlockwiseMask(
                config.gridHeight(),
                config.gridWidth(),
                recipe.maskPatches(),
                recipe.minMaskPatches(),
                largest == null ? recipe.maskPatches() : largest,
                0.3,
                1 / 0.3);
    }

    private static MimBatch tokenize(Batch batch, @Nullable LoadedTokenizer tokenizer) {
        int[] tokens = tokenizer == null ? new int[batch.masks().length] : tokenizer.encode(batch.tokenViews());
        return new MimBatch(batch.images(), batch.masks(), tokens);
    }
}
