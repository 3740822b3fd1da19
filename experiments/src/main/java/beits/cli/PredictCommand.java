package beits.cli;

import beits.classification.ClassPredictor;
import beits.data.Batch;
import beits.data.LoaderOptions;
import beits.data.LoaderOptions.Broken;
import beits.data.source.ImageFolder;
import beits.device.Device;
import beits.job.Evaluation;
import beits.job.LoadedClassifier;
import beits.job.ModelFile;
import beits.job.ModelKind;
import beits.job.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits predict}. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = {
            "Classifies or segments pictures with a fine-tuned model.",
            "A classifier prints one line of JSON a picture, its most likely classes with their probabilities. A"
                    + " segmentation model writes a label map (class numbers) and a coloured overlay of every picture as PNG and"
                    + " prints the share of each class. Class names, picture size and normalisation are those of the checkpoint."
                    + " Pictures that cannot be read are named on standard error and left out; the exit code is then 1, or 2 when"
                    + " none could be read."
        })
final class PredictCommand implements Callable<Integer> {
    private static final int BATCH = 32;
    private static final int WORKERS = 2;
    private static final int TOP = 5;

    @Parameters(
            index = "0",
            paramLabel = "CHECKPOINT",
            description =
                    "a checkpoint (ours, official, timm's, Hugging Face's), or the folder of a run or such a model")
    private String checkpoint = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "IMAGE",
            description = "picture files, folders of them, or - for a list of names on standard input")
    private List<String> images = new ArrayList<>();

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "how many classes a picture, of a classifier (default: " + TOP + ")")
    private @Nullable Integer top;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "folder for label maps and overlays of a segmentation model (default: predictions)")
    private @Nullable Path out;

    @Mixin
    private ViewOptions views = new ViewOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (top != null && top < 1) {
            throw new UserException("--top %d: must be at least 1".formatted(top));
        }
        Path file = Checkpoint.find(checkpoint);
        ModelFile model = ModelFile.open(file, note -> Streams.err(spec).println("beits: " + note));
        ModelKind kind = model.card().kind();
        return switch (kind) {
            case CLASSIFIER -> classes(model);
            case SEGMENTER -> pixels(file, model);
            case TOKENIZER, MASKED_IMAGE_MODEL, ENCODER ->
                throw new UserException("%s: holds a %s, which predicts no classes; give a fine-tuned model"
                        .formatted(file, kind.title()));
        };
    }

    private int classes(ModelFile model) throws IOException {
        views.requireNone(model.source());
        if (out != null) {
            throw new UserException(
                    "--out: is for segmentation models, and %s holds a classifier, whose predictions are printed; leave it out"
                            .formatted(model.source()));
        }
        List<Path> pictures = PictureFiles.named(images, Streams.in());
        PrintWriter printed = Streams.out(spec);
        PrintWriter err = Streams.err(spec);
        try (Device device = common.open();
                LoadedClassifier classifier = LoadedClassifier.open(device, model, Math.min(BATCH, pictures.size()))) {
            ClassPredictor predictor = classifier.predictor();
            long unreadable = Evaluation.read(
                    ImageFolder.files(pictures, Pictures.reader()),
                    classifier.pipeline(),
                    LoaderOptions.evaluation(predictor.batch(), WORKERS).withBroken(Broken.SKIP),
                    fault -> err.println("beits: " + fault),
                    batch -> print(batch, pictures, classifier, printed));
            return Unreadable.exitCode(unreadable, pictures.size(), err);
        }
    }

    private int pixels(Path file, ModelFile model) throws IOException {
        if (top != null) {
            throw new UserException(
                    "--top: is for classifiers, and %s holds a segmentation model, which gives each pixel one class; leave it out"
                            .formatted(file));
        }
        List<Path> pictures = PictureFiles.named(images, Streams.in());
        Path folder = out == null ? Path.of("predictions") : out;
        try (Device device = common.open()) {
            return SegmenterUse.predict(
                    device, file, model, pictures, folder, views.views(), Streams.out(spec), Streams.err(spec));
        }
    }

    private void print(Batch batch, List<Path> pictures, LoadedClassifier classifier, PrintWriter out) {
        int classes = classifier.classNames().size();
        float[] logits = classifier.predictor().logits(classifier.executable(), batch.images(), batch.count());
        for (int row = 0; row < batch.count(); row++) {
            double[] probabilities = softmax(Arrays.copyOfRange(logits, row * classes, (row + 1) * classes));
            List<Map<String, Object>> ranked = IntStream.range(0, classes)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer c) -> -probabilities[c]))
                    .limit(top == null ? TOP : top)
                    .map(c -> {
                        Map<String, Object> one = new LinkedHashMap<>();
                        one.put("class", classifier.classNames().get(c));
                        one.put("index", c);
                        one.put("probability", Json.share(probabilities[c]));
                        return one;
                    })
                    .toList();
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("picture", pictures.get(batch.indices()[row]).toString());
            line.put("classes", ranked);
            out.println(Json.line(line));
        }
    }

    private static double[] softmax(float[] logits) {
        double[] values = new double[logits.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            values[i] = Math.exp(logits[i] - largest);
            sum += values[i];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= sum;
        }
        return values;
    }
}
