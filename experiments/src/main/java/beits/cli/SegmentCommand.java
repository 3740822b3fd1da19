package beits.cli;

import beits.image.Image;
import beits.job.SegmentJob;
import beits.job.StartWeights;
import beits.recipe.SegmentRecipe;
import beits.report.BestResult;
import beits.report.SegmentationReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code beits segment}. */
@Command(
        name = "segment",
        mixinStandardHelpOptions = true,
        description =
                "Fine-tunes an encoder with a segmentation decoder (SETR-PUP, SETR-Naive, UPerNet) from a recipe.")
final class SegmentCommand implements Callable<Integer> {
    private static final int SHOWN = 10;

    @Mixin
    private RunOptions options = new RunOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SegmentRecipe recipe = options.read(SegmentRecipe.class);
        if (options.dryRun()) {
            Streams.out(spec).print(DryRun.of(recipe).text());
            return 0;
        }
        StartWeights pretrained = Checkpoint.start("initFrom", recipe.initFrom());
        return RecipeRun.run(spec, common, options, recipe, "Segmentation", context -> {
            List<List<Image>> overlays = new ArrayList<>();
            SegmentJob.Result result = SegmentJob.run(
                    recipe, pretrained, context, (inspected) -> overlays.addAll(inspected.overlays(SHOWN)));
            return new RecipeRun.Left(
                    result.outcome(),
                    result.weights(),
                    SegmentationReport.summary(result.metrics()) + BestResult.behind("mean IoU", result.best()),
                    SegmentationReport.sections(
                            result.metrics(),
                            BestResult.figures("mean IoU", result.best()),
                            result.classNames(),
                            overlays));
        });
    }
}
