package beits.mim;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.kernel.Distance;
import beits.model.BeitConfig;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.model.MaskedImageModel;
import beits.tensor.Slot;
import beits.train.Objective;
import java.util.Map;

/**
 * Masked image modelling without visual tokens (paper, Table 4): regress the pixels of the masked patches.
 *
 * <pre>  loss = 1/(M·p²·C) · Σ_masked patches Σ_pixels (predicted − normalised pixel)²</pre>
 *
 * M masked patches of p·p pixels and C channels. It compares targets, and is not meant to be the best way to predict pixels.
 */
public final class PixelObjective implements Objective<MimBatch> {
    private final Layout layout;
    private final MaskedImageModel model;
    private final MimInputs inputs;
    private final Slot targets;
    private final Slot weights;
    private final DropPathDraws draws;

    /**
     * The objective for a fixed batch size.
     *
     * @param layout that the model was made in
     * @param model whose head has {@link #outputs} values in place of a vocabulary
     * @param batch pictures of a micro-batch
     * @param maskPatches most masked patches of a picture
     * @param seed of the run
     */
    public PixelObjective(Layout layout, MaskedImageModel model, int batch, int maskPatches, long seed) {
        BeitConfig config = model.encoder().config();
        if (model.vocabulary() != outputs(config)) {
            throw new IllegalArgumentException(
                    "a head of %d values where a patch has %d".formatted(model.vocabulary(), outputs(config)));
        }
        this.layout = layout;
        this.model = model;
        this.inputs = MimInputs.create(layout, config, batch, maskPatches, false);
        this.targets = layout.input(inputs.capacity(), outputs(config));
        this.weights = layout.input(inputs.capacity(), outputs(config));
        this.draws = new DropPathDraws(seed);
    }

    /** Values of a patch: p·p·C. */
    public static int outputs(BeitConfig config) {
        return config.patchSize() * config.patchSize() * config.channels();
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public Recorded record(Graph graph) {
        Encoder.Encoded encoded = model.encoder().apply(graph, inputs.encoder(), false);
        Tensor pixels = model.maskedLogits(graph, encoded, inputs.rows(), inputs.count());
        Tensor weighted = Elements.multiply(pixels, graph.constant(weights));
        return new Recorded(Losses.regression(Distance.SQUARED, weighted, graph.constant(targets)), Map.of());
    }

    /**
     * The loss is a mean over all rows there is room for. Rows in use are weighted by √(room / in use) on both sides of the
     * difference and the others by 0, which makes it the mean over those in use.
     */
    @Override
    public void feed(Executable executable, MimBatch batch, long micro) {
        BeitConfig config = model.encoder().config();
        int[] recovered = inputs.write(executable, model.encoder(), batch, draws, micro);
        int length = outputs(config);
        float weight = (float) Math.sqrt((double) inputs.capacity() / Math.max(1, recovered.length));
        float[] weightValues = new float[inputs.capacity() * length];
        float[] targetValues = new float[inputs.capacity() * length];
        for (int i = 0; i < recovered.length; i++) {
            copyPatch(batch.images(), config, recovered[i], targetValues, i * length);
            for (int j = i * length; j < (i + 1) * length; j++) {
                targetValues[j] *= weight;
                weightValues[j] = weight;
            }
        }
        executable.write(targets, targetValues);
        executable.write(weights, weightValues);
    }

    /** Copies the pixels of patch {@code sample·patches + patch}, in the order channel, row, column. */
    private static void copyPatch(float[] images, BeitConfig config, int patch, float[] to, int at) {
        int side = config.patchSize();
        int within = patch % config.patches();
        int top = within / config.gridWidth() * side;
        int left = within % config.gridWidth() * side;
        int plane = patch / config.patches() * config.channels();
        for (int c = 0; c < config.channels(); c++) {
            for (int y = 0; y < side; y++) {
                int from = ((plane + c) * config.imageHeight() + top + y) * config.imageWidth() + left;
                System.arraycopy(images, from, to, at + (c * side + y) * side, side);
            }
        }
    }

    @Override
    public int rows(MimBatch batch) {
        return batch.masked();
    }

    @Override
    public int pictures(MimBatch batch) {
        return batch.mask().length / model.encoder().config().patches();
    }
}
