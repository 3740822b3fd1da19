package beits.benchmark;

import beits.autograd.Layout;
import beits.device.Device;
import beits.device.Executable;
import beits.device.Profile;
import beits.mim.MimBatch;
import beits.mim.MimObjective;
import beits.model.BeitConfig;
import beits.model.MaskedImageModel;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.tokenizer.DiscreteVae;
import beits.tokenizer.DiscreteVaeConfig;
import beits.tokenizer.DiscreteVaeLoss;
import beits.tokenizer.DiscreteVaeTraining;
import beits.tokenizer.TemperatureSchedule;
import beits.train.Objective;
import beits.train.Trainer;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * A whole training step on one batch of random pictures: forward, backward, clipping where there is any, and AdamW.
 *
 * @param <B> the batch
 */
public final class TrainingWorkload<B> implements Workload {
    /** Steps that the schedules cover: more than anyone times. */
    private static final int STEPS = 1 << 18;

    private static final long SEED = 7;

    private final Layout layout;
    private final Trainer<B> trainer;
    private final List<B> batches;

    private TrainingWorkload(Device device, Objective<B> objective, double clip, B batch, boolean recompute) {
        layout = objective.layout();
        Optimiser optimiser = new Optimiser(
                layout,
                new Optimiser.Settings(0.9, 0.98, 1e-8, clip, 0),
                ParameterGroup.of(layout.parameters(), LayerDecay.NONE, ParameterGroup.NEVER_DECAYED, true));
        double[] rates = new double[STEPS];
        Arrays.fill(rates, 1e-4);
        double[] decays = new double[STEPS];
        Arrays.fill(decays, 0.05);
        trainer = new Trainer<>(device, objective, optimiser, 1, rates, decays, List.of(), recompute);
        trainer.initialise(1);
        batches = List.of(batch);
    }

    /**
     * Masked image modelling by BEiT.
     *
     * @param recompute whether the blocks' activations are computed again in the backward pass
     */
    public static TrainingWorkload<MimBatch> mim(Device device, BenchmarkModel model, int batch, boolean recompute) {
        Layout layout = new Layout();
        BeitConfig config = model.config();
        MaskedImageModel network = new MaskedImageModel(layout, config, model.vocabulary());
        return new TrainingWorkload<>(
                device,
                new MimObjective(layout, network, batch, model.maskPatches(), 1),
                3,
                mimBatch(config, model, batch),
                recompute);
    }

    /** The dVAE tokenizer, with the official loss. */
    public static TrainingWorkload<float[]> discreteVae(Device device, DiscreteVaeConfig config, int batch) {
        DiscreteVaeTraining objective = new DiscreteVaeTraining(
                new DiscreteVae(new Layout(), config),
                DiscreteVaeLoss.OFFICIAL,
                TemperatureSchedule.constant(0.9),
                batch,
                SEED);
        return new TrainingWorkload<>(
                device,
                objective,
                0,
                pictures(batch * config.channels() * config.imageSize() * config.imageSize()),
                false);
    }

    @Override
    public void run() {
        trainer.step(batches);
    }

    @Override
    public Profile profile() {
        Profile profile = new Profile();
        trainer.step(batches, profile);
        return profile;
    }

    @Override
    public long parameters() {
        return layout.parameterCount();
    }

    @Override
    public long flops() {
        return trainer.programs().getFirst().flops();
    }

    @Override
    public Executable executable() {
        return trainer.executable();
    }

    @Override
    public void close() {
        trainer.close();
    }

    private static MimBatch mimBatch(BeitConfig config, BenchmarkModel model, int batch) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
        boolean[] mask = new boolean[batch * config.patches()];
        int[] tokens = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            // The first patches of every picture: which ones they are does not change the work.
            mask[i] = i % config.patches() < model.maskPatches();
            tokens[i] = random.nextInt(model.vocabulary());
        }
        return new MimBatch(
                pictures(batch * config.channels() * config.imageHeight() * config.imageWidth()), mask, tokens);
    }

    /** Random values in [-1, 1). */
    private static float[] pictures(int size) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }
}
