package beits.train;

import beits.autograd.Parameter;
import beits.tensor.Arena;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a trainer to the end of its schedule: feeds it, tells listeners, evaluates, saves, stops on request.
 *
 * @param <B> a micro-batch
 */
public final class TrainingLoop<B> {
    private final Trainer<B> trainer;
    private final BatchSource<B> source;
    private final Settings settings;
    private final @Nullable CheckpointStore store;
    private final List<BestModel> best;
    private final Consumer<TrainingEvent> listener;

    /**
     * Rhythm of a run.
     *
     * @param stepsPerEpoch optimiser steps of an epoch
     * @param saveEvery steps between checkpoints; the last step is always saved
     * @param evaluateEvery steps between evaluations, 0 for none but the last
     */
    public record Settings(int stepsPerEpoch, int saveEvery, int evaluateEvery) {
        public Settings {
            if (stepsPerEpoch < 1 || saveEvery < 1 || evaluateEvery < 0) {
                throw new IllegalArgumentException(
                        "stepsPerEpoch and saveEvery must be at least 1, evaluateEvery at least 0");
            }
        }
    }

    /** How a run ended. */
    public enum Outcome {
        /** All steps are done. */
        FINISHED,
        /** It was asked to stop; a checkpoint is saved. */
        STOPPED
    }

    /** Measures the model between steps. */
    @FunctionalInterface
    public interface Evaluation {
        /** Metrics by name, for the weights as they are on the device. */
        Map<String, Double> evaluate();
    }

    /**
     * A run.
     *
     * @param store where checkpoints go, or none
     * @param best what to keep of the evaluations
     * @param listener hears every event on the training thread
     */
    public TrainingLoop(
            Trainer<B> trainer,
            BatchSource<B> source,
            Settings settings,
            @Nullable CheckpointStore store,
            List<BestModel> best,
            Consumer<TrainingEvent> listener) {
        this.trainer = trainer;
        this.source = source;
        this.settings = settings;
        this.store = store;
        this.best = List.copyOf(best);
        this.listener = listener;
    }

    /**
     * Runs until the schedule ends or {@code stop} says so.
     *
     * @param evaluation what to measure, or none
     * @param stop asked after every step
     * @throws NonFiniteLossException when the loss or a weight is no longer a number; nothing is saved then
     * @throws IOException when a checkpoint cannot be written
     * @throws RuntimeException what the evaluation throws; a checkpoint is saved then
     */
    public Outcome run(@Nullable Evaluation evaluation, BooleanSupplier stop) throws IOException {
        long steps = trainer.steps();
        while (trainer.stepsDone() < steps) {
            double waitedBefore = source.waitedSeconds();
            long start = System.nanoTime();
            List<B> batches = source.batches(trainer.stepsDone());
            Trainer.StepResult result = trainer.step(batches);
            double seconds = (System.nanoTime() - start) / 1e9;
            long step = trainer.stepsDone();
            if (!Double.isFinite(result.loss()) || !Double.isFinite(result.gradientNorm())) {
                throw nonFinite(step, result);
            }
            listener.accept(new TrainingEvent.Step(
                    step,
                    steps,
                    (double) step / settings.stepsPerEpoch,
                    result,
                    result.pictures() / Math.max(seconds, 1e-9),
                    source.waitedSeconds() - waitedBefore));
            boolean last = step == steps;
            if (evaluation != null && (last || (settings.evaluateEvery > 0 && step % settings.evaluateEvery == 0))) {
                evaluate(evaluation, step);
            }
            boolean stopping = !last && stop.getAsBoolean();
            if (last || stopping || step % settings.saveEvery == 0) {
                save(step);
            }
            if (stopping) {
                return Outcome.STOPPED;
            }
        }
        return Outcome.FINISHED;
    }

    /** What is wrong with the test pictures must not cost what was trained. */
    private void evaluate(Evaluation evaluation, long step) throws IOException {
        Map<String, Double> metrics;
        try {
            metrics = evaluation.evaluate();
        } catch (RuntimeException e) {
            save(step);
            throw e;
        }
        listener.accept(new TrainingEvent.Evaluated(step, metrics));
        for (BestModel model : best) {
            // A run that is measured only at its end leaves its best weights as its last.
            boolean onlyOne = step == trainer.steps() && model.best() == null;
            if (!onlyOne && model.isBeatenBy(metrics)) {
                requireFiniteWeights(step);
                listener.accept(model.keep(trainer, metrics));
            }
        }
    }

    private void save(long step) throws IOException {
        requireFiniteWeights(step);
        if (store != null) {
            listener.accept(new TrainingEvent.Saved(step, store.save(trainer)));
        }
    }

    /** The loss is computed before the update, so that of the last step before a checkpoint says nothing about what is saved. */
    private void requireFiniteWeights(long step) {
        for (Parameter parameter : trainer.objective().layout().parameters()) {
            if (!finite(trainer.executable().readFloats(parameter.slot()))) {
                throw new NonFiniteLossException(
                        "step %d: %s is not finite after the update; lower optim.lr or set optim.clipGrad"
                                .formatted(step, parameter.name()));
            }
        }
    }

    private NonFiniteLossException nonFinite(long step, Trainer.StepResult result) {
        String tensor = "no gradient";
        for (Parameter parameter : trainer.objective().layout().parameters()) {
            if (!finite(trainer.executable().readFloats(parameter.slot().in(Arena.GRADIENTS)))) {
                tensor = "the gradient of " + parameter.name();
                break;
            }
        }
        List<String> pictures = source.pictures();
        int shown = Math.min(8, pictures.size());
        return new NonFiniteLossException(
                "step %d: loss %s, gradient norm %s; the first tensor that is not finite is %s; pictures: %s%s; lower optim.lr or set optim.clipGrad"
                        .formatted(
                                step,
                                result.loss(),
                                result.gradientNorm(),
                                tensor,
                                String.join(", ", pictures.subList(0, shown)),
                                shown < pictures.size() ? " and " + (pictures.size() - shown) + " more" : ""));
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
