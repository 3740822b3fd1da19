package beits.classification;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.model.ImageClassifier;
import beits.tensor.Slot;
import beits.train.Objective;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fine-tuning for classification (official {@code engine_for_finetuning}): cross-entropy with label smoothing, or against the
 * distributions of mixed pictures.
 */
public final class ClassificationObjective implements Objective<ClassificationBatch> {
    /** Name of the counter of rightly classified pictures. */
    public static final String ACCURACY = "accuracy";

    private final Layout layout;
    private final ImageClassifier model;
    private final Encoder.Inputs inputs;
    private final Slot labels;
    private final @Nullable Slot targets;
    private final double smoothing;
    private final DropPathDraws draws;

    /**
     * The objective for a fixed batch size.
     *
     * @param layout that the model was made in
     * @param batch pictures of a micro-batch
     * @param softTargets whether batches carry class distributions
     * @param smoothing label smoothing for class numbers; distributions are smoothed where they are made
     * @param seed of the run
     */
    public ClassificationObjective(
            Layout layout, ImageClassifier model, int batch, boolean softTargets, double smoothing, long seed) {
        this.layout = layout;
        this.model = model;
        this.inputs = Encoder.Inputs.training(layout, model.encoder().config(), batch, false);
        this.labels = layout.indexes(batch);
        this.targets = softTargets ? layout.input(batch, model.classes()) : null;
        this.smoothing = smoothing;
        this.draws = new DropPathDraws(seed);
    }

    @Override
    public Layout layout() {
        return layout;
    }

    /** The model that is trained. */
    public ImageClassifier model() {
        return model;
    }

    @Override
    public Recorded record(Graph graph) {
        Tensor logits = model.logits(model.pool(model.encoder().apply(graph, inputs, false)));
        Losses.Classified result = targets == null
                ? Losses.crossEntropy(logits, labels, null, smoothing)
                : Losses.softCrossEntropy(logits, graph.constant(targets));
        return new Recorded(result.loss(), Map.of(ACCURACY, result.hits()));
    }

    @Override
    public void feed(Executable executable, ClassificationBatch batch, long micro) {
        executable.write(inputs.images(), batch.images());
        if (targets == null) {
            executable.write(labels, batch.labels());
        } else {
            executable.write(targets, Objects.requireNonNull(batch.targets(), "a batch without class distributions"));
        }
        Slot keep = inputs.keep();
        if (keep != null) {
            double[] uniforms = draws.draw(micro, Math.toIntExact(keep.size()));
            executable.write(keep, model.encoder().dropPathFactors(uniforms));
        }
    }

    @Override
    public int rows(ClassificationBatch batch) {
        return batch.labels().length;
    }

    @Override
    public int pictures(ClassificationBatch batch) {
        return batch.labels().length;
    }
}
