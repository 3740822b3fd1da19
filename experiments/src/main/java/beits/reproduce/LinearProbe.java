package beits.reproduce;

import beits.analysis.LabelledFeatures;
import beits.analysis.LayerFeatures.Feature;
import beits.analysis.LayerFeatures.Pool;
import beits.analysis.LinearProbes;
import beits.data.Dataset;
import beits.job.CachedFeatures;
import beits.job.EncoderCheckpoint;
import beits.job.Pictures;
import beits.recipe.DataRecipe;
import beits.report.ReportPage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Appendix D: linear probes, and which layer's features they like best. */
final class LinearProbe implements Claim {
    private static final LinearProbes.Settings SETTINGS = new LinearProbes.Settings(2000, 256, 4e-3, 1e-4, 0);

    @Override
    public String id() {
        return "probe";
    }

    @Override
    public String place() {
        return "appendix D";
    }

    @Override
    public String statement() {
        return "Linear probes on frozen features: a middle layer serves them better than the last one, which is busy with visual tokens.";
    }

    @Override
    public String experiment() {
        return "Linear classifiers on the mean of the patches of every layer, all training labels of the sample.";
    }

    @Override
    public int minutes() {
        return 3;
    }

    @Override
    public Finding check(Laboratory laboratory) throws IOException {
        long seed = laboratory.seeds()[0];
        EncoderCheckpoint encoder = EncoderCheckpoint.open(laboratory.encoder("beit", seed), _ -> {});
        DataRecipe data = laboratory.pretraining(seed).data();
        List<Feature> features = new ArrayList<>();
        for (int layer = 1; layer <= encoder.config().depth(); layer++) {
            features.add(new Feature(layer, Pool.MEAN));
        }
        Dataset test = Pictures.test(data);
        List<LabelledFeatures> known = labelled(laboratory, encoder, Pictures.training(data), features);
        List<LabelledFeatures> asked = labelled(laboratory, encoder, test, features);
        double[] top1 = LinearProbes.top1(
                laboratory.device(), known, asked, test.classNames().size(), SETTINGS);
        int best = 0;
        List<List<String>> rows = new ArrayList<>();
        for (int layer = 0; layer < top1.length; layer++) {
            best = top1[layer] > top1[best] ? layer : best;
            rows.add(List.of(Integer.toString(layer + 1), Percent.of(top1[layer])));
        }
        int last = top1.length - 1;
        return new Finding(
                best < last,
                "layer %d of %d is best: %s; the last layer: %s"
                        .formatted(best + 1, top1.length, Percent.of(top1[best]), Percent.of(top1[last])),
                List.of(new ReportPage.Table(List.of("layer", "top-1"), rows)));
    }

    private static List<LabelledFeatures> labelled(
            Laboratory laboratory, EncoderCheckpoint encoder, Dataset data, List<Feature> features) throws IOException {
        CachedFeatures cached = CachedFeatures.of(encoder, laboratory.device(), data, features, _ -> {});
        List<LabelledFeatures> labelled = new ArrayList<>();
        for (int f = 0; f < features.size(); f++) {
            labelled.add(new LabelledFeatures(cached.values().get(f), cached.length(f), cached.labels()));
        }
        return labelled;
    }
}
