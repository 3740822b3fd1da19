package beits.mim;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.model.MaskedImageModel;
import beits.train.Objective;
import java.util.Map;

/**
 * Masked image modelling (paper §2.3): predict the visual tokens of the masked patches. The loss is the mean over all masked
 * patches of the batch, so pictures with more of them weigh more (official {@code engine_for_pretraining}).
 */
public final class MimObjective implements Objective<MimBatch> {
    /** Name of the counter of recovered patches whose visual token was predicted. */
    public static final String ACCURACY = "mimAccuracy";

    private final Layout layout;
    private final MaskedImageModel model;
    private final MimInputs inputs;
    private final DropPathDraws draws;

    /**
     * The objective for a fixed batch size.
     *
     * @param layout that the model was made in
     * @param batch pictures of a micro-batch
     * @param maskPatches most masked patches of a picture
     * @param seed of the run
     */
    public MimObjective(Layout layout, MaskedImageModel model, int batch, int maskPatches, long seed) {
        this(layout, model, batch, maskPatches, false, seed);
    }

    /**
     * The objective for a fixed batch size.
     *
     * @param all whether the visual tokens of every patch are predicted, the visible ones too (paper, Table 4)
     */
    public MimObjective(Layout layout, MaskedImageModel model, int batch, int maskPatches, boolean all, long seed) {
        this.layout = layout;
        this.model = model;
        this.inputs = MimInputs.create(layout, model.encoder().config(), batch, maskPatches, all);
        this.draws = new DropPathDraws(seed);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    /** The model that is trained. */
    public MaskedImageModel model() {
        return model;
    }

    /** Where its batches are written. */
    public MimInputs inputs() {
        return inputs;
    }

    @Override
    public Recorded record(Graph graph) {
        Encoder.Encoded encoded = model.encoder().apply(graph, inputs.encoder(), false);
        Tensor logits = model.maskedLogits(graph, encoded, inputs.rows(), inputs.count());
        Losses.Classified result = Losses.crossEntropy(logits, inputs.labels(), inputs.count(), 0);
        return new Recorded(result.loss(), Map.of(ACCURACY, result.hits()));
    }

    @Override
    public void feed(Executable executable, MimBatch batch, long micro) {
        inputs.write(executable, model.encoder(), batch, draws, micro);
    }

    @Override
    public int rows(MimBatch batch) {
        return inputs.recovered(batch);
    }

    @Override
    public int pictures(MimBatch batch) {
        return batch.mask().length / model.encoder().config().patches();
    }
}
