package beits.train;

import java.nio.file.Path;
import java.util.Map;

/** What a training run tells its listeners. */
public sealed interface TrainingEvent {
    /**
     * An optimiser step is done.
     *
     * @param step its number, counted from 1
     * @param steps of the whole run
     * @param epoch epochs done, with fraction
     * @param result what it came to
     * @param imagesPerSecond pictures of this step by its time, data wait included
     * @param dataWait seconds that this step waited for data
     */
    record Step(long step, long steps, double epoch, Trainer.StepResult result, double imagesPerSecond, double dataWait)
            implements TrainingEvent {}

    /** A checkpoint is safely on disk. */
    record Saved(long step, Path file) implements TrainingEvent {}

    /** Numbers of an evaluation after a step. */
    record Evaluated(long step, Map<String, Double> metrics) implements TrainingEvent {}

    /**
     * An evaluation was better than all before, and its weights are safely on disk.
     *
     * @param measure name of what it was better in
     * @param value of the measure
     */
    record BestSoFar(long step, String measure, double value, Path file) implements TrainingEvent {}
}
