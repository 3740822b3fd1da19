package beits.demo;

import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.classification.Accuracy;
import beits.data.Dataset;
import beits.data.Splits;
import beits.device.Device;
import beits.image.Image;
import beits.job.FinetuneJob;
import beits.job.JobContext;
import beits.job.LoadedTokenizer;
import beits.job.Pictures;
import beits.job.PretrainJob;
import beits.job.StartWeights;
import beits.job.TokenizerJob;
import beits.model.BeitConfig;
import beits.recipe.FinetuneRecipe;
import beits.recipe.PretrainRecipe;
import beits.recipe.Recipes;
import beits.report.Curve;
import beits.report.LineChart;
import beits.report.MetricsLog;
import beits.report.MimPictures;
import beits.report.ReportPage;
import beits.tokenizer.CodebookUse;
import beits.train.TrainingEvent;
import beits.transform.Normalisation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The whole of BEiT in minutes: a dVAE learns visual tokens, a small BEiT is pre-trained by masked image modelling on them, and
 * is fine-tuned with few labels beside the same network from scratch.
 */
public final class Demo {
    private final Device device;
    private final Path out;
    private final DemoRecipe recipe;
    private final Function<String, Consumer<TrainingEvent>> listeners;
    private final Consumer<String> notes;

    /**
     * What the demo came to.
     *
     * @param report the page
     * @param pretrained top-1 accuracy of the pre-trained network
     * @param scratch top-1 accuracy of the same network from scratch
     */
    public record Result(Path report, double pretrained, double scratch) {}

    /**
     * A demo.
     *
     * @param out folder for everything that comes of it
     * @param recipe of the stages
     * @param listeners gives a listener for each stage, by title
     * @param notes hears what the user should know, one line each
     */
    public Demo(
            Device device,
            Path out,
            DemoRecipe recipe,
            Function<String, Consumer<TrainingEvent>> listeners,
            Consumer<String> notes) {
        this.device = device;
        this.out = out;
        this.recipe = recipe;
        this.listeners = listeners;
        this.notes = notes;
    }

    /** Runs all stages and writes the report. */
    public Result run() throws IOException {
        long start = System.nanoTime();
        NamedTensors tokenizerWeights = stage(
                "tokenizer",
                recipe.tokenizer(),
                context -> TokenizerJob.run(recipe.tokenizer(), context).weights());
        PretrainRecipe pretrain = recipe.pretrain();
        BeitConfig config = pretrain.model().config();
        Dataset test = Pictures.test(pretrain.data());
        try (LoadedTokenizer tokenizer = LoadedTokenizer.of(
                device,
                tokenizerWeights,
                "the demo's tokenizer",
                pretrain.optim().batchSize())) {
            Use use = use(tokenizer, test, config.imageHeight());
            notes.accept(String.format(
                    Locale.ROOT,
                    "tokenizer: %d of %d words in use on the test pictures, perplexity %.0f, mean absolute error %.3f",
                    use.codebook.used(),
                    use.codebook.words(),
                    use.codebook.perplexity(),
                    use.error));
            // One picture of each class.
            Dataset chosen = Splits.fewLabels(test, 1, pretrain.run().seed());
            MimPictures pictures = MimPictures.of(pretrain, chosen, tokenizer, chosen.size());
            List<ReportPage.Section> seen = new ArrayList<>();
            NamedTensors encoder = stage(
                    "pre-training",
                    pretrain,
                    context -> PretrainJob.run(
                                    pretrain,
                                    tokenizer,
                                    context,
                                    chosen.size(),
                                    (predictor, trainer) ->
                                            seen.addAll(pictures.sections(predictor, trainer.executable())))
                            .weights());
            Accuracy pretrained = finetune("fine-tuning, pre-trained", recipe.pretrained(), encoder);
            Accuracy scratch = finetune("fine-tuning, from scratch", recipe.scratch(), null);
            double minutes = (System.nanoTime() - start) / 6e10;
            Path report = report(use, pictures.reconstructions(5), seen, pretrained, scratch, minutes);
            return new Result(report, pretrained.top1(), scratch.top1());
        }
    }

    @FunctionalInterface
    private interface Job {
        NamedTensors run(JobContext context) throws IOException;
    }

    private NamedTensors stage(String title, Object stageRecipe, Job job) throws IOException {
        Path folder = folder(title);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("recipe.yaml"), Recipes.write(stageRecipe));
        Consumer<TrainingEvent> progress = listeners.apply(title);
        try (MetricsLog metrics = MetricsLog.open(folder.resolve("metrics.jsonl"), 0)) {
            JobContext context = new JobContext(device, null, false, metrics.andThen(progress), notes, () -> false);
            NamedTensors weights = job.run(context);
            Safetensors.write(folder.resolve("model.safetensors"), weights);
            return weights;
        }
    }

    private Path folder(String title) {
        return out.resolve(title.replaceAll("[^a-z]+", "-"));
    }

    private Accuracy finetune(String title, FinetuneRecipe finetune, @Nullable NamedTensors encoder)
            throws IOException {
        List<Accuracy> accuracy = new ArrayList<>();
        StartWeights start = encoder == null ? null : new StartWeights(encoder, "the demo's pre-training");
        stage(title, finetune, context -> {
            FinetuneJob.Result result = FinetuneJob.run(finetune, start, context, (predictor, trainer) -> {});
            accuracy.add(result.accuracy());
            return result.weights();
        });
        return accuracy.getFirst();
    }

    private record Use(CodebookUse codebook, double error) {}

    private static Use use(LoadedTokenizer tokenizer, Dataset test, int size) {
        Normalisation normalisation = Normalisation.uniform(1, 0.5f, 0.5f);
        int batch = tokenizer.batch();
        int pixels = size * size;
        int batches = test.size() / batch;
        int perBatch =
                batch * tokenizer.tokenizer().grid() * tokenizer.tokenizer().grid();
        int[] tokens = new int[batches * perBatch];
        double error = 0;
        float[] images = new float[batch * pixels];
        for (int b = 0; b < batches; b++) {
            for (int i = 0; i < batch; i++) {
                normalisation.apply(test.get(b * batch + i).picture(), images, i * pixels);
            }
            int[] codes = tokenizer.encode(images);
            System.arraycopy(codes, 0, tokens, b * perBatch, perBatch);
            float[] decoded = tokenizer.decode(codes);
            for (int i = 0; i < decoded.length; i++) {
                error += Math.abs(decoded[i] - images[i]) / 2;
            }
        }
        return new Use(
                CodebookUse.of(tokens, tokenizer.tokenizer().vocabulary()),
                error / ((double) batches * batch * pixels));
    }

    private Path report(
            Use use,
            List<List<Image>> reconstructions,
            List<ReportPage.Section> seen,
            Accuracy pretrained,
            Accuracy scratch,
            double minutes)
            throws IOException {
        int labels = recipe.pretrained().labelsPerClass();
        List<ReportPage.Section> sections = new ArrayList<>();
        sections.add(new ReportPage.Figures(List.of(
                new ReportPage.Figure(percent(pretrained.top1()), "pre-trained, %d labels a class".formatted(labels)),
                new ReportPage.Figure(percent(scratch.top1()), "from scratch, the same labels and steps"),
                new ReportPage.Figure(
                        "%d / %d".formatted(use.codebook.used(), use.codebook.words()), "visual words in use"),
                new ReportPage.Figure(
                        String.format(Locale.ROOT, "%.1f min", minutes),
                        "on device " + device.description().name()))));
        sections.add(new ReportPage.Heading(
                "Visual tokens",
                String.format(
                        Locale.ROOT,
                        "The dVAE turns each picture into a grid of words out of %d and paints it again from them. On the test pictures it uses %d words (perplexity %.0f); the mean absolute error of a pixel is %.3f of the full range.",
                        use.codebook.words(),
                        use.codebook.used(),
                        use.codebook.perplexity(),
                        use.error)));
        sections.add(new ReportPage.Grid(List.of("original", "from its tokens"), reconstructions));
        sections.addAll(seen);
        sections.add(new ReportPage.Heading("Curves", "By optimiser step."));
        sections.add(new ReportPage.Charts(List.of(
                new LineChart("Tokenizer: loss", "step", List.of(curve("tokenizer", "loss", "loss"))),
                new LineChart("Pre-training: loss", "step", List.of(curve("pre-training", "loss", "loss"))),
                new LineChart(
                        "Pre-training: share of masked tokens predicted",
                        "step",
                        List.of(curve("pre-training", "mimAccuracy", "MIM accuracy"))),
                new LineChart(
                        "Fine-tuning: loss",
                        "step",
                        List.of(
                                curve("fine-tuning, pre-trained", "loss", "pre-trained"),
                                curve("fine-tuning, from scratch", "loss", "from scratch"))))));
        sections.add(new ReportPage.Heading(
                "Both arms",
                "%d labelled pictures of each of the ten classes, %d test pictures, the same network and number of steps."
                        .formatted(labels, pretrained.pictures())));
        sections.add(new ReportPage.Table(
                List.of("start", "top-1", "top-5"),
                List.of(
                        List.of(
                                "pre-trained by masked image modelling",
                                percent(pretrained.top1()),
                                percent(pretrained.top5())),
                        List.of("from scratch", percent(scratch.top1()), percent(scratch.top5())))));
        sections.add(new ReportPage.Heading(
                "Right and wrong by class", "Share of the test pictures of each class, pre-trained arm."));
        sections.add(
                perClass(pretrained, Pictures.test(recipe.pretrained().data()).classNames()));
        Path file = out.resolve("report.html");
        new ReportPage(
                        "BEiT on Fashion-MNIST",
                        "A tokenizer, a small BEiT pre-trained on its visual tokens, and what that is worth with few labels. Seed %d."
                                .formatted(recipe.pretrain().run().seed()),
                        sections)
                .write(file);
        return file;
    }

    private static ReportPage.Table perClass(Accuracy accuracy, List<String> names) {
        int[][] confusion = accuracy.confusion();
        List<List<String>> rows = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            int all = Arrays.stream(confusion[c]).sum();
            int worst = -1;
            for (int other = 0; other < names.size(); other++) {
                if (other != c && (worst < 0 || confusion[c][other] > confusion[c][worst])) {
                    worst = other;
                }
            }
            rows.add(List.of(
                    names.get(c),
                    percent((double) confusion[c][c] / all),
                    "%s (%s)".formatted(names.get(worst), percent((double) confusion[c][worst] / all))));
        }
        return new ReportPage.Table(List.of("class", "right", "most often taken for"), rows);
    }

    private Curve curve(String title, String field, String legend) throws IOException {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (JsonNode line : MetricsLog.read(folder(title).resolve("metrics.jsonl"))) {
            if (line.has(field)) {
                x.add(line.path("step").asDouble());
                y.add(line.path(field).asDouble());
            }
        }
        return new Curve(legend, x, y);
    }

    /** A share as a percentage with one decimal. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
