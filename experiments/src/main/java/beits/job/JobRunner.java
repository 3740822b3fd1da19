package beits.job;

import beits.recipe.RunRecipe;
import beits.train.BatchSource;
import beits.train.RunCheckpoints;
import beits.train.Trainer;
import beits.train.TrainingLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all jobs do: start or resume a trainer and run it to the end. */
final class JobRunner {
    private JobRunner() {}

    static <B> TrainingLoop.Outcome run(
            JobContext context,
            RunRecipe recipe,
            Trainer<B> trainer,
            BatchSource<B> source,
            int stepsPerEpoch,
            Map<String, String> description,
            TrainingLoop.@Nullable Evaluation evaluation)
            throws IOException {
        Path folder = context.checkpoints();
        RunCheckpoints store =
                folder == null ? null : new RunCheckpoints(folder, recipe.keepCheckpoints(), description);
        if (store != null && context.resume() && !store.resume(trainer, context.notes())) {
            context.notes().accept(folder + ": no checkpoint to resume from; starting at the beginning");
        }
        TrainingLoop<B> loop = new TrainingLoop<>(
                trainer,
                source,
                new TrainingLoop.Settings(stepsPerEpoch, recipe.saveEvery(), recipe.evaluateEvery()),
                store,
                context.events());
        return loop.run(evaluation, context.stop());
    }
}
