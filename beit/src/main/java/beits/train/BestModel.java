package beits.train;

import beits.autograd.Layout;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.tensor.Arena;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The weights that measured best so far in a run, in one file that describes the model as a checkpoint does and says what they
 * measured at which step. A resumed run goes on from what the file says, so value and weights never part.
 */
public final class BestModel {
    /** Key of the measure's name in the description. */
    public static final String MEASURE = "beits.measure";

    /** Key of its value in the description. */
    public static final String VALUE = "beits.value";

    private final Path file;
    private final String measure;
    private final Arena weights;
    private final int stepsPerEpoch;
    private final Map<String, String> description;
    private @Nullable Best best;

    /**
     * What a file of best weights holds.
     *
     * @param file with the weights
     * @param value of the measure
     * @param epoch after which it was measured, with fraction
     */
    public record Best(Path file, double value, double epoch) {}

    /**
     * A file that does not count yet, even if it is there.
     *
     * @param measure name of the metric that is to be high
     * @param weights PARAMETERS, or AVERAGE when the moving average is what it measures
     * @param stepsPerEpoch optimiser steps of an epoch
     * @param description what the file says of the model
     */
    public BestModel(Path file, String measure, Arena weights, int stepsPerEpoch, Map<String, String> description) {
        this.file = file;
        this.measure = measure;
        this.weights = weights;
        this.stepsPerEpoch = stepsPerEpoch;
        this.description = Map.copyOf(description);
    }

    /** The best so far, or null when nothing was kept. */
    public @Nullable Best best() {
        return best;
    }

    /**
     * Takes over what an earlier part of the run kept.
     *
     * @param damaged hears of a file that is not whole, which does not count
     */
    public void resume(Consumer<String> damaged) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try {
            Map<String, String> said = Safetensors.read(file).metadata();
            double value = Double.parseDouble(said.getOrDefault(VALUE, ""));
            best = best(value, Long.parseLong(said.getOrDefault(RunCheckpoints.STEP, "")));
        } catch (CheckpointException e) {
            damaged.accept(e.getMessage() + "; the best model is sought from here on");
        } catch (NumberFormatException e) {
            damaged.accept(file + ": does not say what it measured; the best model is sought from here on");
        }
    }

    private Best best(double value, long step) {
        return new Best(file, value, (double) step / stepsPerEpoch);
    }

    /** Whether these metrics are better than all before. */
    boolean isBeatenBy(Map<String, Double> metrics) {
        Double value = metrics.get(measure);
        return value != null && value > (best == null ? Double.NEGATIVE_INFINITY : best.value);
    }

    /**
     * Replaces the file by the weights as they are on the device.
     *
     * @throws IOException when it cannot be written; the one before stays whole
     */
    TrainingEvent.BestSoFar keep(Trainer<?> trainer, Map<String, Double> metrics) throws IOException {
        long step = trainer.stepsDone();
        double value = metrics.getOrDefault(measure, Double.NaN);
        Layout layout = trainer.objective().layout();
        NamedTensors model = RunCheckpoints.model(trainer.executable(), layout, weights);
        description.forEach(model::describe);
        model.describe(RunCheckpoints.STEP, Long.toString(step))
                .describe(MEASURE, measure)
                .describe(VALUE, Double.toString(value));
        Safetensors.write(file, model);
        best = best(value, step);
        return new TrainingEvent.BestSoFar(step, measure, value, file);
    }
}
