package beits.cli;

import beits.checkpoint.NamedTensors;
import beits.device.Device;
import beits.job.JobContext;
import beits.recipe.TokenizerRecipe;
import beits.report.ReportPage;
import beits.report.RunReport;
import beits.train.NonFiniteLossException;
import beits.train.TrainingLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What the commands that run a recipe have in common: folder, device, progress, stopping, model file, report. */
final class RecipeRun {
    private RecipeRun() {}

    /**
     * What a job left.
     *
     * @param outcome how it ended
     * @param weights the model with its description
     * @param result what to say at the end, beside where the model and the report are
     * @param sections of the report, after the curves
     * @param beside further weights by the name of their file
     */
    record Left(
            TrainingLoop.Outcome outcome,
            NamedTensors weights,
            String result,
            List<ReportPage.Section> sections,
            Map<String, NamedTensors> beside) {
        Left(TrainingLoop.Outcome outcome, NamedTensors weights, String result, List<ReportPage.Section> sections) {
            this(outcome, weights, result, sections, Map.of());
        }
    }

    /** Trains something. */
    @FunctionalInterface
    interface Job {
        Left run(JobContext context) throws IOException;
    }

    /** Runs a job and returns the exit code. */
    static int run(
            @Nullable CommandSpec spec, CommonOptions common, RunOptions options, Object recipe, String title, Job job)
            throws IOException {
        PrintWriter out = Streams.out(spec);
        PrintWriter err = Streams.err(spec);
        RunFolder folder = options.folder(recipe);
        String resume = options.resumeCommand(Streams.name(spec), folder.path());
        try (Device device = common.open();
                RunSession session = new RunSession(folder, options.name(), err)) {
            try {
                Left left = job.run(session.context(device));
                session.endProgress();
                if (left.outcome == TrainingLoop.Outcome.STOPPED) {
                    err.println(
                            "beits: stopped; saved %s; continue with: %s".formatted(session.lastCheckpoint(), resume));
                    return Main.STOPPED;
                }
                session.keep(folder.model(), left.weights);
                for (Map.Entry<String, NamedTensors> other : left.beside.entrySet()) {
                    session.keep(folder.path().resolve(other.getKey()), other.getValue());
                }
                Path report = RunReport.write(
                        folder.path(),
                        title,
                        "Recipe %s on device %s. %s"
                                .formatted(options.name(), device.description().name(), left.result),
                        left.sections);
                out.println("model: %s   report: %s%s"
                        .formatted(folder.model(), report, left.result.isEmpty() ? "" : "   " + left.result));
                return 0;
            } catch (IOException | RuntimeException e) {
                session.endProgress();
                session.failed(e);
                if (session.lastCheckpoint() != null) {
                    err.println("beits: %s stands; %s"
                            .formatted(session.lastCheckpoint(), remedy(e, recipe, session.lastCheckpoint(), resume)));
                }
                throw e;
            }
        }
    }

    /** How to go on from a checkpoint: to continue a run that diverged would only diverge again. */
    private static String remedy(Exception failure, Object recipe, Path checkpoint, String resume) {
        if (!(failure instanceof NonFiniteLossException)) {
            return "continue with: " + resume;
        }
        return recipe instanceof TokenizerRecipe
                ? "begin a new run with a lower optim.lr"
                : "begin a new run from it with a lower optim.lr: --set initFrom=" + checkpoint;
    }
}
