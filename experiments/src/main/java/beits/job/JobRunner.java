package beits.job;

import beits.recipe.RunRecipe;
import beits.tensor.Arena;
import beits.train.BatchSource;
import beits.train.BestModel;
import beits.train.RunCheckpoints;
import beits.train.Trainer;
import beits.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all jobs do: start or resume a trainer and run it to the end. */
final class JobRunner {
    private JobRunner() {}

    /**
     * How a run ended.
     *
     * @param best what measured best, by the memory that was measured; empty when nothing was kept
     */
    record Ended(TrainingLoop.Outcome outcome, Map<Arena, BestModel.Best> best) {}

    /** Runs what nothing measures. */
    static <B> TrainingLoop.Outcome run(
            JobContext context,
            RunRecipe recipe,
            Trainer<B> trainer,
            BatchSource<B> source,
            int stepsPerEpoch,
            Map<String, String> description)
            throws IOException {
        return run(context, recipe, trainer, source, stepsPerEpoch, description, null, Map.of())
                .outcome();
    }

    /**
     * Runs and keeps what measures best.
     *
     * @param measures the metric that is to be high for the weights, and for their moving average where there is one
     */
    static <B> Ended run(
            JobContext context,
            RunRecipe recipe,
            Trainer<B> trainer,
            BatchSource<B> source,
            int stepsPerEpoch,
            Map<String, String> description,
            TrainingLoop.@Nullable Evaluation evaluation,
            Map<Arena, String> measures)
            throws IOException {
        Path folder = context.checkpoints();
        RunCheckpoints store =
                folder == null ? null : new RunCheckpoints(folder, recipe.keepCheckpoints(), description);
        Map<Arena, BestModel> best = new EnumMap<>(Arena.class);
        if (folder != null) {
            measures.forEach((weights, measure) -> best.put(
                    weights,
                    new BestModel(
                            folder.resolve(weights == Arena.AVERAGE ? "best-ema.safetensors" : "best.safetensors"),
                            measure,
                            weights,
                            stepsPerEpoch,
                            description)));
        }
        if (store != null && context.resume()) {
            if (!store.resume(trainer, context.notes())) {
                context.notes().accept(folder + ": no checkpoint to resume from; starting at the beginning");
            }
            for (BestModel model : best.values()) {
                model.resume(context.notes());
            }
        }
        TrainingLoop<B> loop = new TrainingLoop<>(
                trainer,
                source,
                new TrainingLoop.Settings(stepsPerEpoch, recipe.saveEvery(), recipe.evaluateEvery()),
                store,
                List.copyOf(best.values()),
                context.events());
        TrainingLoop.Outcome outcome = loop.run(evaluation, context.stop());
        Map<Arena, BestModel.Best> kept = new EnumMap<>(Arena.class);
        best.forEach((weights, model) -> {
            BestModel.Best one = model.best();
            if (one != null) {
                kept.put(weights, one);
            }
        });
        return new Ended(outcome, kept);
    }
}
