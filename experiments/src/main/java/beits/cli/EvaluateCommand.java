package beits.cli;

import beits.classification.Accuracy;
import beits.data.Dataset;
import beits.device.Device;
import beits.job.Evaluation;
import beits.job.LoadedClassifier;
import beits.job.ModelFile;
import beits.job.ModelKind;
import beits.job.Pictures;
import beits.recipe.DataRecipe;
import beits.recipe.FinetuneRecipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits evaluate}. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Measures a fine-tuned model on test pictures.",
            "Prints the metrics as one line of JSON: for a classifier top-1, top-5, the accuracy of every class and the"
                    + " confusion matrix (rows are labels, columns predictions); for a segmentation model mean IoU, mean accuracy"
                    + " and pixel accuracy, each picture at its own size under a sliding window."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int BATCH = 100;
    private static final int WORKERS = 2;

    @Parameters(
            paramLabel = "CHECKPOINT_OR_RUN",
            description = {
                "a checkpoint (ours, official, timm's, Hugging Face's), the folder of such a model, or that of a run, on whose test pictures it is",
                "measured then"
            })
    private String checkpoint = "";

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private ViewOptions views = new ViewOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path file = Checkpoint.find(checkpoint);
        ModelFile model = ModelFile.open(file, note -> Streams.err(spec).println("beits: " + note));
        ModelKind kind = model.card().kind();
        return switch (kind) {
            case CLASSIFIER -> classifier(file, model);
            case SEGMENTER ->
                segmenter(
                        file,
                        model,
                        Objects.requireNonNull(model.card().encoder()).imageSize());
            case TOKENIZER, MASKED_IMAGE_MODEL, ENCODER ->
                throw new UserException(
                        "%s: holds a %s, which has no accuracy; give a fine-tuned model".formatted(file, kind.title()));
        };
    }

    private int classifier(Path file, ModelFile model) throws IOException {
        views.requireNone(model.source());
        PrintWriter err = Streams.err(spec);
        DataRecipe source = data.of(file, FinetuneRecipe.class, FinetuneRecipe::data);
        Dataset test = Pictures.test(source);
        try (Device device = common.open();
                LoadedClassifier classifier = LoadedClassifier.open(device, model, Math.min(BATCH, test.size()))) {
            SameClasses.require(file, classifier.classNames(), test.classNames(), err);
            Accuracy accuracy =
                    Evaluation.classifyReadable(classifier, test, WORKERS, fault -> err.println("beits: " + fault));
            int unreadable = test.size() - accuracy.pictures();
            if (accuracy.pictures() > 0) {
                Streams.out(spec).println(Json.line(metrics(file, source, accuracy, unreadable, test.classNames())));
            }
            return Unreadable.exitCode(unreadable, test.size(), err);
        }
    }

    private int segmenter(Path file, ModelFile model, int side) throws IOException {
        Dataset test = data.masked(file, side);
        try (Device device = common.open()) {
            return SegmenterUse.evaluate(
                    device, file, model, test, views.views(), Streams.out(spec), Streams.err(spec));
        }
    }

    private static Map<String, Object> metrics(
            Path file, DataRecipe source, Accuracy accuracy, int unreadable, List<String> classNames) {
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int c = 0; c < classNames.size(); c++) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("class", classNames.get(c));
            one.put("pictures", accuracy.pictures(c));
            one.put("accuracy", accuracy.pictures(c) == 0 ? null : Json.share(accuracy.top1(c)));
            classes.add(one);
        }
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("checkpoint", file.toString());
        metrics.put("data", source.path() == null ? source.source().name() : source.path());
        metrics.put("pictures", accuracy.pictures());
        metrics.put("unreadable", unreadable);
        metrics.put("top1", Json.share(accuracy.top1()));
        metrics.put("top5", Json.share(accuracy.top5()));
        metrics.put("classes", classes);
        metrics.put("confusion", accuracy.confusion());
        return metrics;
    }
}
