package beits.cli;

import beits.classification.Accuracy;
import beits.job.FinetuneJob;
import beits.job.StartWeights;
import beits.recipe.FinetuneRecipe;
import beits.report.BestResult;
import beits.report.ClassificationReport;
import beits.report.ReportPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits finetune}. */
@Command(
        name = "finetune",
        mixinStandardHelpOptions = true,
        description = "Fine-tunes a classifier from a pre-trained encoder, or from scratch, from a recipe.")
final class FinetuneCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--classes",
            paramLabel = "N",
            description =
                    "for --dry-run where the data is not on this machine (default: as many as that data is known to have, else 1000)")
    private @Nullable Integer classes;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        FinetuneRecipe recipe = options.read(FinetuneRecipe.class);
        if (classes != null && classes < 1) {
            throw new UserException("--classes " + classes + ": must be at least 1");
        }
        if (options.dryRun()) {
            Streams.out(spec).print(DryRun.of(recipe, classes).text());
            return 0;
        }
        StartWeights pretrained = Checkpoint.start("initFrom", recipe.initFrom());
        return RecipeRun.run(spec, common, options, recipe, "Classification", context -> {
            FinetuneJob.Result result = FinetuneJob.run(recipe, pretrained, context, (predictor, trainer) -> {});
            FinetuneJob.Averaged averaged = result.averaged();
            String said = accuracy(result.accuracy()) + BestResult.behind("top-1", result.best());
            List<ReportPage.Figure> best = new ArrayList<>(BestResult.figures("top-1", result.best()));
            if (averaged != null) {
                best.addAll(BestResult.figures("top-1 of the averaged weights", averaged.best()));
            }
            List<ReportPage.Section> sections = ClassificationReport.sections(
                    result.classNames(), result.accuracy(), averaged == null ? null : averaged.accuracy(), best);
            return averaged == null
                    ? new RecipeRun.Left(result.outcome(), result.weights(), said, sections)
                    : new RecipeRun.Left(
                            result.outcome(),
                            result.weights(),
                            said + "; averaged weights: " + accuracy(averaged.accuracy())
                                    + BestResult.behind("top-1", averaged.best()),
                            sections,
                            Map.of("model-ema.safetensors", averaged.weights()));
        });
    }

    private static String accuracy(Accuracy accuracy) {
        return "top-1 %s, top-5 %s"
                .formatted(
                        ClassificationReport.percent(accuracy.top1()), ClassificationReport.percent(accuracy.top5()));
    }
}
