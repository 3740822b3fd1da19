package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import beits.autograd.Layout;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.classification.ClassPredictor;
import beits.data.Dataset;
import beits.data.source.FashionMnist;
import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PngWriter;
import beits.job.FewLabels;
import beits.job.ModelCard;
import beits.model.BeitConfig;
import beits.model.ImageClassifier;
import beits.model.ImageClassifier.Pooling;
import beits.train.RunCheckpoints;
import beits.transform.Normalisation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Commands that use a trained model, on untrained tiny ones: what they print must agree with each other whatever the weights. */
class UsingModelTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g");
    private static final int PER_CLASS = 5;

    @TempDir
    private static Path home;

    private static Path classifier;
    private static Path masked;
    private static Path data;

    @BeforeAll
    static void write() throws IOException {
        classifier = TinyModel.classifier(home.resolve("classifier.safetensors"), NAMES);
        masked = TinyModel.masked(home.resolve("masked.safetensors"));
        data = home.resolve("data");
        Dataset pictures = FashionMnist.bundled(FashionMnist.Part.TEST);
        for (int i = 0; i < NAMES.size() * PER_CLASS; i++) {
            Path folder = Files.createDirectories(data.resolve("val").resolve(NAMES.get(i % NAMES.size())));
            Files.write(
                    folder.resolve(i + ".png"), PngWriter.encode(pictures.get(i).picture()));
        }
    }

    @Test
    void predictionsAndEvaluationAgree() {
        Ended predicted = beits("predict", classifier, data.resolve("val"), "--top", "7");
        Ended evaluated = beits("evaluate", classifier, "--data", "image_folder", "--path", data);
        assertThat(predicted.code()).as(predicted.err()).isZero();
        assertThat(evaluated.code()).as(evaluated.err()).isZero();
        int[][] counted = new int[7][7];
        int amongFive = 0;
        for (JsonNode line : predicted.json()) {
            Path picture = Path.of(line.get("picture").asString());
            int label =
                    NAMES.indexOf(picture.getName(picture.getNameCount() - 2).toString());
            double sum = 0;
            for (int rank = 0; rank < 7; rank++) {
                JsonNode one = line.get("classes").get(rank);
                sum += one.get("probability").asDouble();
                assertThat(one.get("class").asString())
                        .isEqualTo(NAMES.get(one.get("index").asInt()));
                amongFive += rank < 5 && one.get("index").asInt() == label ? 1 : 0;
            }
            assertThat(sum).isCloseTo(1, within(1e-5));
            counted[label][line.get("classes").get(0).get("index").asInt()]++;
        }
        JsonNode metrics = evaluated.json().getFirst();
        int right = 0;
        for (int label = 0; label < 7; label++) {
            right += counted[label][label];
            for (int c = 0; c < 7; c++) {
                assertThat(metrics.get("confusion").get(label).get(c).asInt()).isEqualTo(counted[label][c]);
            }
            assertThat(metrics.get("classes").get(label).get("accuracy").asDouble())
                    .isCloseTo((double) counted[label][label] / PER_CLASS, within(1e-6));
        }
        assertThat(Stream.of(counted)
                        .filter(row ->
                                java.util.Arrays.stream(row).filter(n -> n > 0).count() > 1))
                .as("the network must tell pictures apart for this to mean anything")
                .isNotEmpty();
        assertThat(metrics.get("pictures").asInt()).isEqualTo(35);
        assertThat(metrics.get("top1").asDouble()).isCloseTo(right / 35.0, within(1e-6));
        assertThat(metrics.get("top5").asDouble()).isCloseTo(amongFive / 35.0, within(1e-6));
    }

    /** A torn and an empty picture are named and counted, the others measured as they are without them. */
    @Test
    void evaluationLeavesUnreadablePicturesOut() throws IOException {
        Path torn = home.resolve("torn");
        for (int i = 0; i < NAMES.size() * PER_CLASS; i++) {
            String name = NAMES.get(i % NAMES.size());
            Path folder = Files.createDirectories(torn.resolve("val").resolve(name));
            Files.copy(data.resolve("val").resolve(name).resolve(i + ".png"), folder.resolve(i + ".png"));
        }
        byte[] whole = Files.readAllBytes(data.resolve("val/a/0.png"));
        Files.write(torn.resolve("val/a/01.png"), java.util.Arrays.copyOf(whole, 80));
        Files.write(torn.resolve("val/d/none.png"), new byte[0]);
        JsonNode expected = beits("evaluate", classifier, "--data", "image_folder", "--path", data)
                .json()
                .getFirst();
        Ended ended = beits("evaluate", classifier, "--data", "image_folder", "--path", torn);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("01.png", "none.png", "2 of 37 pictures");
        JsonNode metrics = ended.json().getFirst();
        assertThat(metrics.get("unreadable").asInt()).isEqualTo(2);
        for (String same : List.of("pictures", "top1", "top5", "confusion", "classes")) {
            assertThat(metrics.get(same)).as(same).isEqualTo(expected.get(same));
        }
    }

    @Test
    void namesOnStandardInput() {
        InputStream before = System.in;
        Path one = data.resolve("val/a/0.png");
        Path two = data.resolve("val/b/1.png");
        System.setIn(new ByteArrayInputStream((two + "\n\n" + one + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            Ended ended = beits("predict", classifier, "-", "--top", "1");
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.json().stream().map(line -> line.get("picture").asString()))
                    .containsExactly(two.toString(), one.toString());
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void unreadablePicturesAreNamedAndTheOthersPredicted() throws IOException {
        Path folder = Files.createDirectory(home.resolve("mixed"));
        byte[] whole = Files.readAllBytes(data.resolve("val/a/0.png"));
        for (int i = 0; i < 40; i++) {
            // Every third is cut in the middle of its pixels; more than one batch.
            boolean cut = i % 3 == 1;
            Files.write(folder.resolve("%02d.png".formatted(i)), cut ? java.util.Arrays.copyOf(whole, 80) : whole);
        }
        Ended ended = beits("predict", classifier, folder, folder.resolve("none.jpg"));
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).hasLineCount(27);
        assertThat(ended.err()).contains("01.png", "37.png", "none.jpg: no such file", "14 of 41 pictures");
        assertThat(ended.out()
                        .lines()
                        .map(line -> line.substring(line.indexOf("classes")))
                        .distinct())
                .as("a picture's classes do not depend on its neighbours in the batch")
                .hasSize(1);

        Ended none = beits("predict", classifier, folder.resolve("01.png"));
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.out()).isEmpty();
    }

    /** The classifier again, on the reference device and through its own program, with everything kept. */
    private record Truth(float[] attention, float[] hidden) {
        static final int TOKENS = TinyModel.GRID * TinyModel.GRID + 1;

        static Truth of(Path picture, int layer) throws IOException {
            Layout layout = new Layout();
            NamedTensors checkpoint = Checkpoints.open(classifier);
            BeitConfig config = Objects.requireNonNull(
                            ModelCard.of(checkpoint, "").encoder())
                    .config();
            ImageClassifier model = new ImageClassifier(layout, config, NAMES.size(), Pooling.MEAN, 1);
            ClassPredictor predictor = new ClassPredictor(layout, model, 1, true);
            float[] pixels = new float[28 * 28];
            Normalisation.uniform(1, 0.5f, 0.5f).apply(new ImageReader(DecodeOptions.DEFAULT).read(picture), pixels, 0);
            try (Device device = Devices.open("reference");
                    Executable executable = device.compile(predictor.program())) {
                RunCheckpoints.load(checkpoint, layout, executable, "");
                predictor.logits(executable, pixels, 1);
                return new Truth(predictor.attention(executable, layer - 1), predictor.hidden(executable, layer - 1));
            }
        }
    }

    @Test
    void attentionMapsAreThoseOfTheNetwork() throws IOException {
        Path picture = data.resolve("val/c/2.png");
        Path out = home.resolve("maps");
        Ended ended = beits("attention", classifier, picture, "--patch", "1,2", "--layer", "2", "--out", out);
        assertThat(ended.code()).as(ended.err()).isZero();
        Truth truth = Truth.of(picture, 2);
        float[] maps = npy(out.resolve("maps.npy"), "(2, 4, 4,)");
        JsonNode classToken = ended.json().getFirst().get("classToken");
        for (int head = 0; head < TinyModel.HEADS; head++) {
            int row = (head * Truth.TOKENS + 1 + 6) * Truth.TOKENS;
            assertThat(classToken.get(head).asDouble()).isCloseTo(truth.attention[row], within(1e-5));
            for (int j = 0; j < 16; j++) {
                assertThat(maps[head * 16 + j]).isCloseTo(truth.attention[row + 1 + j], within(1e-6f));
            }
        }
        Image overlay = new ImageReader(DecodeOptions.DEFAULT).read(out.resolve("mean.png"));
        assertThat(overlay.height()).isEqualTo(448);
        assertThat(overlay.at(1 * 112, 2 * 112, 1)).as("frame of the patch").isEqualTo(0xc5);
        assertThat(out.resolve("head-2.png")).exists();
    }

    @Test
    void attentionOfManyPicturesHasAFolderForEach() throws IOException {
        Path folder = Files.createDirectories(home.resolve("looked-at/below"));
        Files.copy(data.resolve("val/c/2.png"), folder.resolve("one.png"));
        Files.copy(data.resolve("val/a/0.png"), folder.resolveSibling("one.png"));
        Files.write(folder.resolve("torn.png"), new byte[20]);
        Path out = home.resolve("looked-at-maps");
        Ended ended = beits("attention", classifier, home.resolve("looked-at"), "--patch", "1,2", "--out", out);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("torn.png", "1 of 3 pictures").hasLineCount(2);
        assertThat(ended.json()).hasSize(2);
        Path alone = home.resolve("looked-at-alone");
        assertThat(beits("attention", classifier, folder.resolve("one.png"), "--patch", "1,2", "--out", alone)
                        .code())
                .isZero();
        String same = ended.json().getFirst().get("picture").asString().contains("below") ? "one" : "one-2";
        assertThat(out.resolve(same + "/maps.npy")).hasSameBinaryContentAs(alone.resolve("maps.npy"));
        assertThat(out.resolve("one/mean.png")).exists();
        assertThat(out.resolve("one-2/head-1.png")).exists();
    }

    @Test
    void attentionAtAnotherSizeInterpolatesPositions() throws IOException {
        Path out = home.resolve("wide");
        Ended ended = beits(
                "attention",
                masked,
                data.resolve("val/c/2.png"),
                "--patch",
                "7,2",
                "--input-size",
                "56x35",
                "--out",
                out);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.json().getFirst().get("layer").asInt()).isEqualTo(TinyModel.DEPTH);
        float[] maps = npy(out.resolve("maps.npy"), "(2, 8, 5,)");
        double sum = ended.json().getFirst().get("classToken").get(1).asDouble();
        for (int j = 0; j < 40; j++) {
            sum += maps[40 + j];
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
    }

    @Test
    void featuresAreThoseOfTheNetwork() throws IOException {
        Path picture = data.resolve("val/d/3.png");
        Truth truth = Truth.of(picture, 1);
        Path all = home.resolve("all.safetensors");
        Path tokens = home.resolve("tokens.npy");
        Ended first = beits(
                "features",
                classifier,
                data.resolve("val/c"),
                picture,
                home.resolve("none"),
                "--layer",
                "all",
                "--out",
                all);
        Ended second = beits("features", classifier, picture, "--layer", "1", "--pool", "none", "--out", tokens);
        assertThat(first.code()).as(first.err()).isEqualTo(1);
        assertThat(first.json().getFirst().get("pictures").get(PER_CLASS).asString())
                .isEqualTo(picture.toString());
        assertThat(second.code()).as(second.err()).isZero();
        assertThat(npy(tokens, "(1, 17, 16,)"))
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(truth.hidden);
        NamedTensors layers = Checkpoints.open(all);
        assertThat(layers.tensors().keySet()).containsExactly("layer.1", "layer.2", "layer.3");
        float[] means = layers.get("layer.1").rows(PER_CLASS, PER_CLASS + 1).toFloats();
        for (int d = 0; d < TinyModel.WIDTH; d++) {
            double mean = 0;
            for (int token = 1; token < Truth.TOKENS; token++) {
                mean += truth.hidden[token * TinyModel.WIDTH + d] / 16;
            }
            assertThat(means[d]).isCloseTo((float) mean, within(1e-5f));
        }
    }

    /** Reads an array by the rules of the format, and checks its shape. */
    private static float[] npy(Path file, String shape) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
        byte[] header = new byte[bytes.getShort()];
        bytes.get(header);
        assertThat(bytes.position() % 64).isZero();
        assertThat(new String(header, StandardCharsets.US_ASCII))
                .contains("'<f4'", "'fortran_order': False", "'shape': " + shape)
                .endsWith("\n");
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static Path exported(Path model, String layout) {
        Path out = home.resolve(model.getFileName() + "-" + layout);
        Ended ended = beits("convert", model, out, "--to", layout);
        assertThat(ended.code()).as(ended.err()).isZero();
        return out;
    }

    @Test
    void classifiersOfOtherLayoutsPredictAlike() {
        Ended own = beits("predict", classifier, data.resolve("val"), "--top", "7");
        String confusion = beits("evaluate", classifier, "--data", "image_folder", "--path", data)
                .json()
                .getFirst()
                .get("confusion")
                .toString();
        for (String layout : List.of("hf", "timm", "official")) {
            Path model = exported(classifier, layout);
            Ended predicted = beits("predict", model, data.resolve("val"), "--top", "7");
            assertThat(predicted.code()).as(predicted.err()).isZero();
            Ended evaluated = beits("evaluate", model, "--data", "image_folder", "--path", data);
            assertThat(evaluated.code()).as(evaluated.err()).isZero();
            assertThat(evaluated.json().getFirst().get("confusion")).hasToString(confusion);
            if (layout.equals("official")) {
                assertThat(predicted.out().replaceAll("class (\\d)", "$1"))
                        .isEqualTo(named(own.out(), List.of("0", "1", "2", "3", "4", "5", "6")));
                assertThat(predicted.err())
                        .hasLineCount(1)
                        .contains("official layout", "class names class 0 to class 6", "mean and deviation 0.5");
            } else {
                assertThat(predicted.out()).isEqualTo(own.out());
                assertThat(predicted.err()).isEmpty();
            }
        }
    }

    private static String named(String out, List<String> names) {
        return Pattern.compile("\"class\":\"(.)\"")
                .matcher(out)
                .replaceAll(found -> "\"class\":\"" + names.get(NAMES.indexOf(found.group(1))) + "\"");
    }

    @Test
    void encodersOfOtherLayoutsGiveTheSameFeatures() throws IOException {
        Path pictures = data.resolve("val/a");
        Path own = home.resolve("own-features.npy");
        assertThat(beits("features", masked, pictures, "--out", own).code()).isZero();
        for (String layout : List.of("hf", "timm", "official")) {
            Path model = exported(masked, layout);
            Path out = home.resolve(layout + "-features.npy");
            Ended ended = beits("features", model, pictures, "--out", out);
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(out).hasSameBinaryContentAs(own);
            String assumed = layout.equals("official") ? "taken: mean and deviation 0.5" : "";
            assertThat(ended.err()).contains(assumed).doesNotContain("class names");
            Ended maps = beits(
                    "attention",
                    model,
                    pictures.resolve("0.png"),
                    "--patch",
                    "0,0",
                    "--out",
                    home.resolve(layout + "-maps"));
            assertThat(maps.code()).as(maps.err()).isZero();
            Ended refused = beits("predict", model, pictures);
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("holds a masked image model, which predicts no classes");
        }
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() throws IOException {
        NamedTensors broken = new NamedTensors();
        NamedTensors whole = Checkpoints.open(classifier);
        whole.metadata().forEach(broken::describe);
        whole.tensors().forEach((name, tensor) -> {
            float[] values = tensor.toFloats();
            values[0] = name.equals("head.weight") ? Float.NaN : values[0];
            broken.put(
                    name,
                    TensorData.of(
                            values,
                            tensor.shape().stream().mapToInt(Math::toIntExact).toArray()));
        });
        Path file = home.resolve("nan.safetensors");
        Safetensors.write(file, broken);
        Path picture = data.resolve("val/a/0.png");
        for (Ended ended : List.of(
                beits("predict", file, picture),
                beits("evaluate", file, "--data", "image_folder", "--path", data),
                beits("features", file, picture, "--out", home.resolve("nan.npy")),
                beits("attention", file, picture, "--patch", "0,0", "--out", home.resolve("nan")),
                beits("probe", file, "--data", "fashion_mnist_sample"),
                beits("fewlabel", "fashion-finetune", "--init", file))) {
            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.err())
                    .hasLineCount(1)
                    .contains(file + ": head.weight: 1 of 112 values are NaN or infinite");
        }
    }

    @Test
    void probesSayWhichLayerIsBest() {
        Ended ended = beits(
                "probe",
                masked,
                "--data",
                "fashion_mnist_sample",
                "--labels",
                "3",
                "--steps",
                "20",
                "--knn",
                "3",
                "--report",
                home.resolve("probe.html"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(home.resolve("probe.html")).content().contains("linear, best at layer", "3-NN", "<svg");
        assertThat(ended.out())
                .contains("2000 test pictures, 30 training pictures", "linear   layer", "3-NN     layer")
                .containsPattern("best     layer [123], (mean of patches|class token): \\d+\\.\\d %");
        assertThat(ended.out().lines().filter(line -> line.matches(" +[123] +\\d+\\.\\d % +\\d+\\.\\d %")))
                .hasSize(2 * TinyModel.DEPTH);
    }

    @Test
    void fewLabelsAreComparedOnTheSameSeeds() {
        List<Object> arguments = new ArrayList<>(List.of("fewlabel", "fashion-finetune", "--init", masked));
        for (String set : List.of(
                "model.patchSize=7",
                "model.width=16",
                "model.depth=3",
                "model.heads=2",
                "model.mlpRatio=2",
                "optim.epochs=1",
                "optim.warmupEpochs=0",
                "run.seed=4")) {
            arguments.addAll(List.of("--set", set));
        }
        arguments.addAll(List.of("--labels", "5", "--seeds", "2"));
        Ended ended = beits(arguments.toArray());
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("5 labels a class, seed 4: pre-trained", "5 labels a class, seed 5: pre-trained", "mean:")
                .hasLineCount(3);

        arguments.addAll(List.of("--set-scratch", "optim.epochs=3", "--set-scratch", "optim.lr=1e-2"));
        Ended tuned = beits(arguments.toArray());
        assertThat(tuned.code()).as(tuned.err()).isZero();
        assertThat(arm(tuned.out(), "pre-trained"))
                .as("the other arm is as it was")
                .isEqualTo(arm(ended.out(), "pre-trained"));
        assertThat(arm(tuned.out(), "from scratch")).isNotEqualTo(arm(ended.out(), "from scratch"));
    }

    private static List<String> arm(String out, String name) {
        return Pattern.compile("seed \\d.*" + name + " ([\\d.]+) %")
                .matcher(out)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void pairedTest() {
        // Differences 0.01, 0.02, 0.03: mean 0.02, deviation 0.01, t = 2·√3; P(|t| > 3.4641) = 0.0742 for 2 degrees of
        // freedom.
        FewLabels.Summary summary = FewLabels.Summary.of(List.of(
                new FewLabels.Pair(10, 0, 0.51, 0.50),
                new FewLabels.Pair(10, 1, 0.62, 0.60),
                new FewLabels.Pair(10, 2, 0.43, 0.40)));
        assertThat(summary.pretrained() - summary.scratch()).isCloseTo(0.02, within(1e-12));
        assertThat(summary.deviation()).isCloseTo(0.01, within(1e-9));
        assertThat(summary.t()).isCloseTo(2 * Math.sqrt(3), within(1e-6));
        assertThat(summary.p()).isCloseTo(0.0742, within(5e-5));
        assertThat(FewLabels.Summary.of(List.of(new FewLabels.Pair(10, 0, 0.5, 0.4)))
                        .p())
                .isNaN();
    }

    @Test
    void wrongModelsAndDataAreRefused() throws IOException {
        Path other = TinyModel.classifier(home.resolve("other.safetensors"), List.of("x", "y"));
        Path renamed =
                TinyModel.classifier(home.resolve("renamed.safetensors"), List.of("b", "a", "c", "d", "e", "f", "g"));
        List<Ended> refused = new ArrayList<>();
        refused.add(beits("predict", masked, data));
        refused.add(beits("predict", data.resolve("val/a/0.png"), data));
        refused.add(beits("predict", classifier, home.resolve("data").resolve("val/a"), "--top", "0"));
        refused.add(beits("evaluate", masked));
        refused.add(beits("evaluate", classifier));
        refused.add(beits("evaluate", classifier, "--data", "image_folder"));
        refused.add(beits("evaluate", classifier, "--path", data));
        refused.add(beits("evaluate", other, "--data", "image_folder", "--path", data));
        refused.add(beits("evaluate", renamed, "--data", "image_folder", "--path", data));
        Path picture = data.resolve("val/a/0.png");
        Path maps = home.resolve("refused");
        refused.add(beits("attention", classifier, picture, "--patch", "4,0", "--out", maps));
        refused.add(beits("attention", classifier, picture, "--patch", "one", "--out", maps));
        refused.add(beits("attention", classifier, picture, "--patch", "0,0", "--layer", "4", "--out", maps));
        refused.add(beits("attention", classifier, picture, "--patch", "0,0", "--input-size", "30", "--out", maps));
        refused.add(beits("attention", classifier, picture, "--patch", "0,0", "--out", data));
        refused.add(beits("features", classifier, picture, "--layer", "0", "--out", maps + ".npy"));
        refused.add(beits("features", classifier, picture, "--layer", "all", "--out", maps + ".npy"));
        refused.add(beits("features", classifier, picture, "--out", maps + ".csv"));
        refused.add(beits("features", classifier, picture, "--out", classifier));
        refused.add(beits("predict", classifier, home.resolve("data").resolve("val/a"), "--flip"));
        refused.add(beits("predict", classifier, home.resolve("data").resolve("val/a"), "--out", maps));
        refused.add(beits("evaluate", classifier, "--scales", "1,2"));
        refused.add(beits("probe", masked, "--data", "fashion_mnist_sample", "--labels", "5", "--knn", "51"));
        refused.add(beits("probe", masked));
        refused.add(beits("probe", masked, "--data", "fashion_mnist_sample", "--labels", "100000"));
        refused.add(beits("probe", masked, "--data", "unlabelled_folder", "--path", data));
        refused.add(beits("fewlabel", "fashion-finetune"));
        refused.add(beits("fewlabel", "fashion-finetune", "--init", masked, "--seeds", "0"));
        Ended none = beits("attention", classifier, home.resolve("x.png"), "--patch", "0,0", "--out", maps);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("x.png: no such file", "1 of 1 pictures");
        assertThat(maps).doesNotExist();
        assertThat(refused).allSatisfy(ended -> {
            assertThat(ended.code()).as(ended.err()).isEqualTo(2);
            assertThat(ended.err()).startsWith("beits: ").hasLineCount(1);
            assertThat(ended.out()).isEmpty();
        });
        assertThat(refused.getFirst().err()).contains("masked image model", "fine-tuned");
        assertThat(refused.get(7).err()).contains("2 classes", "7");
    }
}
