package beits.reproduce;

import beits.job.FewLabels;
import beits.report.ReportPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Table 1: pre-training against training from scratch. */
final class Table1 implements Claim {
    /** Fields of the arm without pre-training: layer decay protects what is learned already, and there is nothing. */
    static final String FROM_SCRATCH = "optim.layerDecay=1";

    @Override
    public String id() {
        return "table1";
    }

    @Override
    public String place() {
        return "Table 1, section 3.1";
    }

    @Override
    public String statement() {
        return "Fine-tuning a pre-trained BEiT beats the same network from scratch: 83.2 against 81.8 % (DeiT-B) on ImageNet.";
    }

    @Override
    public String experiment() {
        return "Ten labels a class of Fashion-MNIST, the same network, labels and steps, paired by seed.";
    }

    @Override
    public int minutes() {
        return 5;
    }

    @Override
    public Finding check(Laboratory laboratory) throws IOException {
        List<FewLabels.Pair> pairs = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (long seed : laboratory.seeds()) {
            var recipe = laboratory.fineTuning(seed);
            double pretrained = laboratory
                    .fineTune("table1, pre-trained", recipe, laboratory.encoder("beit", seed), _ -> {})
                    .accuracy()
                    .top1();
            double scratch = laboratory
                    .fineTune("table1, from scratch", laboratory.fineTuning(seed, FROM_SCRATCH), null, _ -> {})
                    .accuracy()
                    .top1();
            pairs.add(new FewLabels.Pair(recipe.labelsPerClass(), seed, pretrained, scratch));
            rows.add(List.of(Long.toString(seed), Percent.of(pretrained), Percent.of(scratch)));
        }
        FewLabels.Summary summary = FewLabels.Summary.of(pairs);
        String test = Double.isNaN(summary.p()) ? "" : ", paired t-test p = %.2g".formatted(summary.p());
        return new Finding(
                summary.pretrained() > summary.scratch(),
                "%s pre-trained, %s from scratch (top-1, mean of %d seeds%s)"
                        .formatted(
                                Percent.of(summary.pretrained()), Percent.of(summary.scratch()), summary.seeds(), test),
                List.of(new ReportPage.Table(List.of("seed", "pre-trained", "from scratch"), rows)));
    }
}
