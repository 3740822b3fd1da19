package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.model.Encoder;
import beits.model.ImageClassifier;
import beits.tensor.Slot;
import beits.train.Objective;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Fine-tuning on pictures that were mixed in double precision, so that nothing is rounded on its way to the device. */
final class MixedObjective implements Objective<MixedBatch> {
    /** Name of the counter of rightly classified pictures. */
    static final String HITS = "class_acc";

    private final Layout layout;
    private final ImageClassifier model;
    private final Encoder.Inputs inputs;
    private final Slot labels;
    private final @Nullable Slot targets;
    private final double smoothing;
    private final double @Nullable [] uniforms;

    /** @param uniforms drop path draws [depth, 2, pictures] of every batch, or none for no drop path */
    MixedObjective(
            Layout layout,
            ImageClassifier model,
            int pictures,
            boolean soft,
            double smoothing,
            double @Nullable [] uniforms) {
        this.layout = layout;
        this.model = model;
        this.inputs = Encoder.Inputs.training(layout, model.encoder().config(), pictures, false);
        this.labels = layout.indexes(pictures);
        this.targets = soft ? layout.input(pictures, model.classes()) : null;
        this.smoothing = smoothing;
        this.uniforms = uniforms;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    /** Where the pictures lie. */
    Encoder.Inputs inputs() {
        return inputs;
    }

    /** Loss and hits of logits for the batch that was fed. */
    Losses.Classified loss(Graph graph, Tensor logits) {
        return targets == null
                ? Losses.crossEntropy(logits, labels, null, smoothing)
                : Losses.softCrossEntropy(logits, graph.constant(targets));
    }

    @Override
    public Recorded record(Graph graph) {
        Tensor logits = model.logits(model.pool(model.encoder().apply(graph, inputs, false)));
        Losses.Classified result = loss(graph, logits);
        return new Recorded(result.loss(), Map.of(HITS, result.hits()));
    }

    @Override
    public void feed(Executable executable, MixedBatch batch, long micro) {
        executable.write(inputs.images(), batch.images());
        if (targets == null) {
            executable.write(labels, batch.labels());
        } else {
            executable.write(targets, Objects.requireNonNull(batch.targets()));
        }
        Slot keep = inputs.keep();
        if (keep != null) {
            executable.write(keep, model.encoder().dropPathFactors(Objects.requireNonNull(uniforms)));
        }
    }

    @Override
    public int rows(MixedBatch batch) {
        return batch.labels().length;
    }

    @Override
    public int pictures(MixedBatch batch) {
        return batch.labels().length;
    }
}
