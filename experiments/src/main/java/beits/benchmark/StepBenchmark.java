package beits.benchmark;

import beits.autograd.Layout;
import beits.device.Device;
import beits.device.Profile;
import beits.mim.MimBatch;
import beits.mim.MimObjective;
import beits.model.BeitConfig;
import beits.model.MaskedImageModel;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.train.Trainer;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Times a whole training step of masked image modelling: forward, backward, clipping and AdamW on one batch of random pictures.
 */
public final class StepBenchmark implements Workload {
    /** Steps that the schedules cover: more than anyone times. */
    private static final int STEPS = 1 << 16;

    private final Layout layout = new Layout();
    private final Trainer<MimBatch> trainer;
    private final List<MimBatch> batches;

    /** Compiles the model for a batch of this size. */
    public StepBenchmark(Device device, BenchmarkModel model, int batch) {
        BeitConfig config = model.config();
        MaskedImageModel network = new MaskedImageModel(layout, config, model.vocabulary());
        MimObjective objective = new MimObjective(layout, network, batch, model.maskPatches(), 1);
        Optimiser optimiser = new Optimiser(
                layout,
                new Optimiser.Settings(0.9, 0.98, 1e-8, 3.0, 0),
                ParameterGroup.of(layout.parameters(), LayerDecay.NONE, ParameterGroup.NEVER_DECAYED, true));
        double[] rates = new double[STEPS];
        Arrays.fill(rates, 1e-4);
        double[] decays = new double[STEPS];
        Arrays.fill(decays, 0.05);
        trainer = new Trainer<>(device, objective, optimiser, 1, rates, decays, List.of());
        trainer.initialise(1);
        batches = List.of(randomBatch(config, model, batch));
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
    public long memory() {
        return trainer.executable().memory();
    }

    @Override
    public void close() {
        trainer.close();
    }

    private static MimBatch randomBatch(BeitConfig config, BenchmarkModel model, int batch) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(7);
        float[] images = new float[batch * config.channels() * config.imageHeight() * config.imageWidth()];
        for (int i = 0; i < images.length; i++) {
            images[i] = 2 * random.nextFloat() - 1;
        }
        boolean[] mask = new boolean[batch * config.patches()];
        int[] tokens = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            // The first patches of every picture: which ones they are does not change the work.
            mask[i] = i % config.patches() < model.maskPatches();
            tokens[i] = random.nextInt(model.vocabulary());
        }
        return new MimBatch(images, mask, tokens);
    }
}
