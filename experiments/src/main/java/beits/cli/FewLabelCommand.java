package beits.cli;

import beits.device.Device;
import beits.job.FewLabels;
import beits.job.StartWeights;
import beits.recipe.FinetuneRecipe;
import beits.recipe.RecipeKind;
import beits.recipe.Recipes;
import beits.recipe.SegmentRecipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits fewlabel}. */
@Command(
        name = "fewlabel",
        mixinStandardHelpOptions = true,
        description = {
            "Compares fine-tuning from a checkpoint with the same network from scratch on few labels.",
            "The same labels, steps and seeds for both, several seeds, and a paired t-test. A recipe for classification"
                    + " is measured by top-1, one for segmentation by mean IoU. Nothing is written but standard output."
        })
final class FewLabelCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "RECIPE",
            description = "a fine-tuning or segmentation recipe, by file or name")
    private String recipe = "";

    @Option(
            names = "--init",
            paramLabel = "CHECKPOINT",
            description =
                    "the pre-trained model, a checkpoint or the folder of a run (default: initFrom of the recipe)")
    private @Nullable String init;

    @Option(
            names = "--labels",
            split = ",",
            paramLabel = "N",
            description =
                    "labelled pictures, of each class for classification, in all for segmentation; several with commas (default: 10,100 or as many as the segmentation recipe says)")
    private List<Integer> labels = new ArrayList<>();

    @Option(
            names = "--seeds",
            paramLabel = "K",
            defaultValue = "5",
            description = "how many seeds, counted up from run.seed (default: ${DEFAULT-VALUE})")
    private int seeds;

    @Option(
            names = "--set",
            paramLabel = "FIELD=VALUE",
            description = "a field of the recipe in place of what the file says; repeatable")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--set-scratch",
            paramLabel = "FIELD=VALUE",
            description =
                    "a field of the recipe for the run from scratch alone, which may need another learning rate; repeatable")
    private List<String> scratchOverrides = new ArrayList<>();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (seeds < 1 || labels.stream().anyMatch(n -> n < 1)) {
            throw new UserException("--seeds %d, --labels %s: must be at least 1".formatted(seeds, labels));
        }
        List<String> ofScratch = new ArrayList<>(overrides);
        ofScratch.addAll(scratchOverrides);
        if (Recipes.kind(recipe) == RecipeKind.SEGMENT) {
            SegmentRecipe read = Recipes.read(recipe, SegmentRecipe.class, overrides);
            SegmentRecipe scratch = Recipes.read(recipe, SegmentRecipe.class, ofScratch);
            compare(
                    count -> FewLabels.meanIou(read, count),
                    count -> FewLabels.meanIou(scratch, count),
                    read.initFrom(),
                    read.run().seed(),
                    labels.isEmpty() ? List.of(read.data().training()) : labels,
                    "labelled pictures");
        } else {
            FinetuneRecipe read = Recipes.read(recipe, FinetuneRecipe.class, overrides);
            FinetuneRecipe scratch = Recipes.read(recipe, FinetuneRecipe.class, ofScratch);
            compare(
                    count -> FewLabels.top1(read, count),
                    count -> FewLabels.top1(scratch, count),
                    read.initFrom(),
                    read.run().seed(),
                    labels.isEmpty() ? List.of(10, 100) : labels,
                    "labels a class");
        }
        return 0;
    }

    private void compare(
            IntFunction<FewLabels.Arm> arm,
            IntFunction<FewLabels.Arm> scratchArm,
            @Nullable String initFrom,
            long firstSeed,
            List<Integer> counts,
            String unit)
            throws IOException {
        StartWeights pretrained =
                init == null ? Checkpoint.start("initFrom", initFrom) : Checkpoint.start("--init", init);
        if (pretrained == null) {
            throw new UserException("%s: names no initFrom; add --init CHECKPOINT to compare with".formatted(recipe));
        }
        PrintWriter out = Streams.out(spec);
        PrintWriter err = Streams.err(spec);
        try (Device device = common.open()) {
            for (int count : counts) {
                List<FewLabels.Pair> pairs = FewLabels.run(
                        device,
                        arm.apply(count),
                        scratchArm.apply(count),
                        pretrained,
                        count,
                        firstSeed,
                        seeds,
                        note -> err.println("beits: " + note),
                        pair -> out.println(String.format(
                                Locale.ROOT,
                                "%d %s, seed %d: pre-trained %.2f %%, from scratch %.2f %%",
                                pair.labels(),
                                unit,
                                pair.seed(),
                                100 * pair.pretrained(),
                                100 * pair.scratch())));
                out.println(line(count, unit, FewLabels.Summary.of(pairs)));
            }
        }
    }

    private static String line(int count, String unit, FewLabels.Summary summary) {
        String means = String.format(
                Locale.ROOT,
                "%d %s, mean: pre-trained %.2f %%, from scratch %.2f %%, difference %+.2f points",
                count,
                unit,
                100 * summary.pretrained(),
                100 * summary.scratch(),
                100 * (summary.pretrained() - summary.scratch()));
        return Double.isNaN(summary.p())
                ? means + " (no test: it needs two seeds that differ)"
                : means
                        + String.format(
                                Locale.ROOT,
                                " (deviation %.2f, paired t(%d) = %.2f, p = %.2g)",
                                100 * summary.deviation(),
                                summary.seeds() - 1,
                                summary.t(),
                                summary.p());
    }
}
