package beits.segmentation;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.tensor.Slot;
import beits.train.Objective;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Fine-tuning for semantic segmentation, end to end. */
public final class SegmentationObjective implements Objective<SegmentationBatch> {
    /** Name of the counter of rightly classified pixels. */
    public static final String ACCURACY = "pixelAccuracy";

    private final Layout layout;
    private final SegmentationModel model;
    private final Encoder.Inputs inputs;
    private final Slot labels;
    private final double[] classWeights;
    private final @Nullable Slot weighted;
    private final SegmentationModel.@Nullable Dropouts dropouts;
    private final DropPathDraws draws;

    /**
     * The objective for a fixed batch size.
     *
     * @param layout that the model was made in
     * @param batch pictures of a micro-batch
     * @param seed of the run
     */
    public SegmentationObjective(Layout layout, SegmentationModel model, int batch, long seed) {
        this(layout, model, batch, new double[0], seed);
    }

    /**
     * The objective with weights of the classes.
     *
     * @param classWeights factor of the loss of each class; empty for none
     */
    public SegmentationObjective(Layout layout, SegmentationModel model, int batch, double[] classWeights, long seed) {
        BeitConfig config = model.config().encoder();
        this.layout = layout;
        this.model = model;
        this.inputs = Encoder.Inputs.training(layout, config, batch, false);
        this.labels = layout.indexes(batch, config.imageHeight(), config.imageWidth());
        this.classWeights = classWeights.clone();
        this.weighted = classWeights.length == 0
                ? null
                : layout.input(
                        batch,
                        config.imageHeight(),
                        config.imageWidth(),
                        model.config().classes());
        this.dropouts = model.dropouts(layout, batch);
        this.draws = new DropPathDraws(seed);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    /** The model that is trained. */
    public SegmentationModel model() {
        return model;
    }

    @Override
    public Recorded record(Graph graph) {
        SegmentationModel.Decoded decoded = model.apply(graph, inputs, true, dropouts);
        Losses.Classified result = SegmentationLoss.total(
                decoded.main(),
                decoded.auxiliary(),
                new SegmentationLoss.Truth(labels, weighted),
                SegmentationConfig.AUXILIARY_WEIGHT);
        return new Recorded(result.loss(), Map.of(ACCURACY, result.hits()));
    }

    @Override
    public void feed(Executable executable, SegmentationBatch batch, long micro) {
        executable.write(inputs.images(), batch.images());
        executable.write(labels, batch.labels());
        if (weighted != null) {
            int classes = classWeights.length;
            float[] rows = new float[batch.labels().length * classes];
            for (int i = 0; i < batch.labels().length; i++) {
                int label = batch.labels()[i];
                if (label >= 0) {
                    rows[i * classes + label] = (float) classWeights[label];
                }
            }
            executable.write(weighted, rows);
        }
        drop(executable, micro);
    }

    /** Draws drop path, then the dropout of the heads. */
    private void drop(Executable executable, long micro) {
        List<ChannelDropout> channels = dropouts == null
                ? List.of()
                : Stream.of(dropouts.main(), dropouts.auxiliary())
                        .filter(Objects::nonNull)
                        .toList();
        Slot keep = inputs.keep();
        int used = keep == null ? 0 : Math.toIntExact(keep.size());
        double[] uniforms = draws.draw(
                micro,
                used + channels.stream().mapToInt(c -> (int) c.keep().size()).sum());
        if (keep != null) {
            executable.write(keep, model.encoder().dropPathFactors(Arrays.copyOf(uniforms, used)));
        }
        for (ChannelDropout dropout : channels) {
            int to = used + (int) dropout.keep().size();
            executable.write(dropout.keep(), ChannelDropout.factors(Arrays.copyOfRange(uniforms, used, to)));
            used = to;
        }
    }

    @Override
    public int rows(SegmentationBatch batch) {
        return batch.labels().length;
    }

    @Override
    public int pictures(SegmentationBatch batch) {
        BeitConfig config = model.config().encoder();
        return batch.labels().length / (config.imageHeight() * config.imageWidth());
    }
}
