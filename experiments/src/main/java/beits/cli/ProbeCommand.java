package beits.cli;

import beits.analysis.LabelledFeatures;
import beits.analysis.LayerFeatures.Feature;
import beits.analysis.LayerFeatures.Pool;
import beits.analysis.LinearProbes;
import beits.analysis.NearestNeighbours;
import beits.data.Dataset;
import beits.data.Splits;
import beits.device.Device;
import beits.job.CachedFeatures;
import beits.job.EncoderCheckpoint;
import beits.job.Pictures;
import beits.recipe.DataRecipe;
import beits.recipe.FinetuneRecipe;
import beits.recipe.PretrainRecipe;
import beits.report.ProbeReport;
import beits.report.ReportPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits probe}. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what every layer of a frozen encoder knows of the classes.",
            "A linear classifier on the mean of its patches and one on its class token, all trained at once on features"
                    + " taken in one pass, and with --knn a vote of the nearest training pictures."
        })
final class ProbeCommand implements Callable<Integer> {
    private static final int BATCH = 256;

    @Parameters(
            paramLabel = "CHECKPOINT",
            description =
                    "a checkpoint (ours, official, timm's, Hugging Face's), or the folder of a run or such a model")
    private String checkpoint = "";

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(
            names = "--labels",
            paramLabel = "N",
            description = "labelled training pictures of each class, chosen by the seed (default: all)")
    private int labels;

    @Option(names = "--knn", paramLabel = "K", description = "also classify by the K nearest training pictures")
    private int knn;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "2000",
            description = "steps of 256 pictures for the linear classifiers (default: ${DEFAULT-VALUE})")
    private int steps;

    @Option(
            names = "--lr",
            paramLabel = "X",
            defaultValue = "0.004",
            description = "peak learning rate of the linear classifiers (default: ${DEFAULT-VALUE})")
    private double lr;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "of the choice of labels and the order")
    private long seed;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "also write a page with the accuracy of every layer")
    private @Nullable Path report;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (labels < 0 || knn < 0) {
            throw new UserException("--labels %d, --knn %d: must be at least 1".formatted(labels, knn));
        }
        LinearProbes.Settings settings = new LinearProbes.Settings(steps, BATCH, lr, 1e-4, seed);
        Path file = Checkpoint.find(checkpoint);
        EncoderCheckpoint encoder =
                EncoderCheckpoint.open(file, note -> Streams.err(spec).println("beits: " + note));
        DataRecipe source = switch (encoder.card().kind()) {
            case MASKED_IMAGE_MODEL -> data.of(file, PretrainRecipe.class, PretrainRecipe::data);
            case CLASSIFIER -> data.of(file, FinetuneRecipe.class, FinetuneRecipe::data);
            case SEGMENTER, ENCODER, TOKENIZER -> data.labelled(file);
        };
        Dataset test = Pictures.test(source);
        Dataset all = Pictures.training(source);
        Pictures.requireLabels(all, "training");
        Pictures.requireLabels(test, "test");
        Dataset train = labels == 0 ? all : Splits.fewLabels(all, labels, seed);
        requireNeighbours(train.size());
        List<Feature> features = new ArrayList<>();
        for (int layer = 1; layer <= encoder.config().depth(); layer++) {
            features.add(new Feature(layer, Pool.MEAN));
            features.add(new Feature(layer, Pool.CLASS));
        }
        PrintWriter err = Streams.err(spec);
        try (Device device = common.open()) {
            err.println("beits: reading %d training and %d test pictures".formatted(train.size(), test.size()));
            CachedFeatures known =
                    CachedFeatures.of(encoder, device, train, features, fault -> err.println("beits: " + fault));
            CachedFeatures asked =
                    CachedFeatures.of(encoder, device, test, features, fault -> err.println("beits: " + fault));
            int unreadable = train.size() + test.size() - known.pictures() - asked.pictures();
            if (known.pictures() > 0 && asked.pictures() > 0) {
                requireNeighbours(known.pictures());
                measure(device, file, known, asked, test.classNames().size(), settings);
            }
            return Unreadable.exitCode(unreadable, train.size() + test.size(), err);
        }
    }

    private void requireNeighbours(int training) {
        if (knn > training) {
            throw new UserException("--knn %d: must be at most the %d training pictures".formatted(knn, training));
        }
    }

    private void measure(
            Device device,
            Path file,
            CachedFeatures known,
            CachedFeatures asked,
            int classes,
            LinearProbes.Settings settings)
            throws IOException {
        List<LabelledFeatures> train = labelled(known);
        List<LabelledFeatures> test = labelled(asked);
        PrintWriter out = Streams.out(spec);
        String counts = "%d test pictures, %d training pictures".formatted(asked.pictures(), known.pictures());
        out.println("top-1 by layer of " + counts);
        List<ProbeReport.Measured> probes = new ArrayList<>();
        probes.add(measured("linear", LinearProbes.top1(device, train, test, classes, settings)));
        print(out, probes.getLast());
        if (knn > 0) {
            double[] neighbours = new double[train.size()];
            for (int f = 0; f < neighbours.length; f++) {
                neighbours[f] = NearestNeighbours.top1(device, train.get(f), test.get(f), classes, knn);
            }
            probes.add(measured(knn + "-NN", neighbours));
            print(out, probes.getLast());
        }
        if (report != null) {
            new ReportPage("Probes of " + file, counts + ".", ProbeReport.sections(probes)).write(report);
            out.println("report: " + report);
        }
    }

    /** Sorts values of layer 1's mean of patches, its class token, layer 2's ... by what they were taken from. */
    private static ProbeReport.Measured measured(String name, double[] top1) {
        List<Double> mean = new ArrayList<>();
        List<Double> classToken = new ArrayList<>();
        for (int f = 0; f < top1.length; f += 2) {
            mean.add(top1[f]);
            classToken.add(top1[f + 1]);
        }
        return new ProbeReport.Measured(name, mean, classToken);
    }

    private static List<LabelledFeatures> labelled(CachedFeatures cached) {
        List<LabelledFeatures> labelled = new ArrayList<>();
        for (int f = 0; f < cached.features().size(); f++) {
            labelled.add(new LabelledFeatures(cached.values().get(f), cached.length(f), cached.labels()));
        }
        return labelled;
    }

    private static void print(PrintWriter out, ProbeReport.Measured probe) {
        out.println("%-8s layer   mean of patches   class token".formatted(probe.name()));
        for (int i = 0; i < probe.mean().size(); i++) {
            out.println(String.format(
                    Locale.ROOT,
                    "         %5d   %13.1f %%   %9.1f %%",
                    i + 1,
                    100 * probe.mean().get(i),
                    100 * probe.classToken().get(i)));
        }
        int best = probe.bestLayer();
        out.println(String.format(
                Locale.ROOT,
                "best     layer %d, %s: %.1f %%",
                best,
                probe.mean().get(best - 1) >= probe.classToken().get(best - 1) ? "mean of patches" : "class token",
                100 * probe.best()));
    }
}
