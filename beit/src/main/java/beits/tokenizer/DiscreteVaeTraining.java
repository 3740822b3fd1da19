package beits.tokenizer;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.train.Objective;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Trains a dVAE on batches of one size: a batch is [pictures, channels, imageSize, imageSize] mapped by {@link
 * PixelMapping#CENTRED}. The noise depends on the seed and the number of the micro-batch only; the temperature falls by micro-batches.
 *
 * <p>The counters {@code reconstruction}, {@code kl} and {@code usage} are the unweighted terms, one value a micro-batch.
 */
public final class DiscreteVaeTraining implements Objective<float[]> {
    private static final long STEP_STRIDE = 0x9E3779B97F4A7C15L;

    private final DiscreteVae model;
    private final DiscreteVaeLoss loss;
    private final TemperatureSchedule temperature;
    private final DiscreteVaeLoss.Inputs inputs;
    private final long seed;
    private final GumbelNoise gumbel = new GumbelNoise();
    private final float[] noise;

    /**
     * Reserves the inputs.
     *
     * @param batch pictures of a micro-batch
     * @param seed of the noise
     */
    public DiscreteVaeTraining(
            DiscreteVae model, DiscreteVaeLoss loss, TemperatureSchedule temperature, int batch, long seed) {
        this.model = model;
        this.loss = loss;
        this.temperature = temperature;
        this.inputs = DiscreteVaeLoss.Inputs.create(model, batch);
        this.seed = seed;
        this.noise = new float[Math.toIntExact(inputs.noise().size())];
    }

    @Override
    public Layout layout() {
        return model.layout();
    }

    @Override
    public Recorded record(Graph graph) {
        DiscreteVaeLoss.Recorded recorded = loss.record(graph, model, inputs);
        Map<String, Tensor> sums = new LinkedHashMap<>();
        sums.put("reconstruction", recorded.reconstructionLoss());
        if (recorded.kl() != null) {
            sums.put("kl", recorded.kl());
        }
        if (recorded.usage() != null) {
            sums.put("usage", recorded.usage());
        }
        return new Recorded(recorded.loss(), sums);
    }

    @Override
    public void feed(Executable executable, float[] batch, long micro) {
        gumbel.fill(noise, seed + STEP_STRIDE * (micro + 1));
        executable.write(inputs.pictures(), batch);
        executable.write(inputs.noise(), noise);
        executable.write(inputs.inverseTemperature(), new double[] {1 / temperature.at(micro)});
    }

    /** One: the counters are means already. */
    @Override
    public int rows(float[] batch) {
        return 1;
    }

    @Override
    public int pictures(float[] batch) {
        return inputs.pictures().shape().extent(0);
    }
}
