package beits.reproduce;

import beits.recipe.FinetuneRecipe;
import beits.report.Curve;
import beits.report.LineChart;
import beits.report.ReportPage;
import beits.train.TrainingEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Table 2, which is a drawing: how fast both ways of training converge. */
final class Table2 implements Claim {
    private static final int EVALUATIONS = 10;

    @Override
    public String id() {
        return "table2";
    }

    @Override
    public String place() {
        return "Table 2, section 3.1";
    }

    @Override
    public String statement() {
        return "Fine-tuning a pre-trained BEiT converges much faster than training from scratch.";
    }

    @Override
    public String experiment() {
        return "Top-1 along the steps of both arms of table1, first seed.";
    }

    @Override
    public int minutes() {
        return 5;
    }

    @Override
    public Finding check(Laboratory laboratory) throws IOException {
        long seed = laboratory.seeds()[0];
        Curve pretrained = curve(laboratory, "pre-trained", laboratory.encoder("beit", seed), seed);
        Curve scratch = curve(laboratory, "from scratch", null, seed, Table1.FROM_SCRATCH);
        double goal = scratch.y().getLast();
        double last = scratch.x().getLast();
        double reached = Double.POSITIVE_INFINITY;
        for (int i = pretrained.y().size() - 1; i >= 0; i--) {
            reached = pretrained.y().get(i) >= goal ? pretrained.x().get(i) : reached;
        }
        boolean faster = reached < last;
        return new Finding(
                faster,
                reached == Double.POSITIVE_INFINITY
                        ? "the pre-trained network never reaches the %s of the one from scratch"
                                .formatted(Percent.of(goal))
                        : "the pre-trained network is at the final %s of the one from scratch by step %.0f of %.0f"
                                .formatted(Percent.of(goal), reached, last),
                List.of(new ReportPage.Charts(
                        List.of(new LineChart("Top-1 on the test pictures", "step", List.of(pretrained, scratch))))));
    }

    private static Curve curve(Laboratory laboratory, String name, @Nullable Path start, long seed, String... changes)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(changes));
        FinetuneRecipe recipe = laboratory.fineTuning(seed, changes);
        int steps = recipe.optim().epochs()
                * Math.max(1, recipe.labelsPerClass() * 10 / recipe.optim().batchSize());
        all.add("run.evaluateEvery=" + Math.max(1, steps / EVALUATIONS));
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        laboratory.fineTune(
                "table2, " + name, laboratory.fineTuning(seed, all.toArray(String[]::new)), start, event -> {
                    if (event instanceof TrainingEvent.Evaluated evaluated) {
                        x.add((double) evaluated.step());
                        y.add(evaluated.metrics().getOrDefault("top1", 0.0));
                    }
                });
        return new Curve(name, x, y);
    }
}
