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
public final class StepBenchmark {
    private StepBenchmark() {}

    /**
     * What was measured.
     *
     * @param model its name
     * @param batch pictures a step
     * @param parameters trainable values
     * @param compileSeconds from the start to a device that is ready
     * @param firstStepSeconds the first step, before any warm-up
     * @param timing steps after the warm-up
     * @param flops of a step
     * @param memory bytes of arenas and scratch
     * @param profile one more step, kernel by kernel
     */
    public record Result(
            String model,
            int batch,
            long parameters,
            double compileSeconds,
            double firstStepSeconds,
            Timing timing,
            long flops,
            long memory,
            Profile profile) {
        /** Pictures a second at the median. */
        public double imagesPerSecond() {
            return batch / timing.median();
        }
    }

    /**
     * Runs the benchmark.
     *
     * @param warmup steps before the clock starts
     * @param repeats steps that are timed
     */
    public static Result run(Device device, BenchmarkModel model, int batch, int warmup, int repeats) {
        long start = System.nanoTime();
        BeitConfig config = model.config();
        Layout layout = new Layout();
        MaskedImageModel network = new MaskedImageModel(layout, config, model.vocabulary());
        MimObjective objective = new MimObjective(layout, network, batch, model.maskPatches(), 1);
        Optimiser optimiser = new Optimiser(
                layout,
                new Optimiser.Settings(0.9, 0.98, 1e-8, 3.0, 0),
                ParameterGroup.of(layout.parameters(), LayerDecay.NONE, ParameterGroup.NEVER_DECAYED, true));
        int steps = 2 + warmup + repeats;
        double[] rates = new double[steps];
        Arrays.fill(rates, 1e-4);
        double[] decays = new double[steps];
        Arrays.fill(decays, 0.05);
        try (Trainer<MimBatch> trainer = new Trainer<>(device, objective, optimiser, 1, rates, decays, List.of())) {
            trainer.initialise(1);
            double compiled = (System.nanoTime() - start) / 1e9;
            List<MimBatch> batches = List.of(randomBatch(config, model, batch));
            start = System.nanoTime();
            trainer.step(batches);
            double first = (System.nanoTime() - start) / 1e9;
            for (int i = 0; i < warmup; i++) {
                trainer.step(batches);
            }
            double[] seconds = new double[repeats];
            for (int i = 0; i < repeats; i++) {
                start = System.nanoTime();
                trainer.step(batches);
                seconds[i] = (System.nanoTime() - start) / 1e9;
            }
            Profile profile = new Profile();
            trainer.step(batches, profile);
            return new Result(
                    model.name(),
                    batch,
                    layout.parameterCount(),
                    compiled,
                    first,
                    new Timing(seconds),
                    trainer.programs().getFirst().flops(),
                    trainer.executable().memory(),
                    profile);
        }
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
