package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.data.source.FashionMnist;
import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PngWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Segmentation models of a few thousand parameters, trained and used from the command line. */
class SegmentTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> TINY = List.of(
            "--set",
            "model.width=16",
            "--set",
            "model.depth=4",
            "--set",
            "optim.epochs=1",
            "--set",
            "optim.warmupEpochs=0",
            "--set",
            "optim.warmupSteps=0");

    @TempDir
    private static Path home;

    @BeforeAll
    static void train() throws IOException {
        Ended pixels = beits(segment(home.resolve("pixels")));
        assertThat(pixels.code()).as(pixels.err()).isZero();
        picture("wide.png", 40, 90);
        picture("tall.png", 70, 33);
        Files.writeString(home.resolve("broken.png"), "no picture");
    }

    private static List<String> segment(Path out, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("segment", "scenes-segment", "--set", "initFrom=null", "--out", out.toString()));
        arguments.addAll(TINY);
        for (String set :
                List.of("model.imageSize=32", "channels=8", "data.training=16", "data.test=8", "run.seed=3")) {
            arguments.addAll(List.of("--set", set));
        }
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static void picture(String name, int height, int width) throws IOException {
        byte[] pixels = new byte[height * width * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 31 + i / width);
        }
        PngWriter.write(new Image(height, width, 3, pixels), home.resolve(name));
    }

    @Test
    void segmentationReportHasOverlaysAndClasses() {
        assertThat(home.resolve("pixels/report.html"))
                .content()
                .contains("mean IoU", "truth", "data:image/png", "<td>Sneaker</td>")
                .as("the colour of class 1 in overlays, beside its name")
                .containsPattern("fill=\"#800000\"/><text [^>]*>T-shirt/top</text>");
    }

    @Test
    void scenesOfTheNetworksSizeMeasureAsInTraining() throws IOException {
        Ended ended = beits("evaluate", home.resolve("pixels"));
        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode json = ended.json().getFirst();
        JsonNode trained = JSON.readTree(
                        Files.readAllLines(home.resolve("pixels/metrics.jsonl")).getLast())
                .path("evaluation");
        assertThat(json.path("meanIou").asDouble())
                .isCloseTo(trained.path("meanIou").asDouble(), within(1e-6));
        assertThat(json.path("classes").size()).isEqualTo(11);
        assertThat(home.resolve("pixels/best.safetensors"))
                .as("measured at the end alone")
                .doesNotExist();
    }

    @Test
    void theBestOfSeveralEvaluationsIsKept() throws IOException {
        Path run = home.resolve("several");
        Ended ended = beits(segment(run, "--set", "run.evaluateEvery=1", "--set", "optim.batchSize=4"));
        assertThat(ended.code()).as(ended.err()).isZero();
        double best = 0;
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            best = Math.max(
                    best, JSON.readTree(line).path("evaluation").path("meanIou").asDouble());
        }
        Path file = run.resolve("best.safetensors");
        assertThat(ended.out()).contains("best mean IoU %.1f %% at epoch ".formatted(100 * best), file.toString());
        assertThat(run.resolve("report.html")).content().contains("(best.safetensors)");
        Ended measured = beits("evaluate", file);
        assertThat(measured.code()).as(measured.err()).isZero();
        assertThat(measured.json().getFirst().path("meanIou").asDouble()).isCloseTo(best, within(1e-6));
    }

    @Test
    void labelMapsHaveThePicturesSizeAndClasses() {
        Path out = home.resolve("maps");
        Ended ended = beits(
                "predict", home.resolve("pixels"), home.resolve("wide.png"), home.resolve("tall.png"), "--out", out);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.json()).hasSize(2).allSatisfy(line -> {
            double shares = 0;
            for (JsonNode one : line.path("classes")) {
                shares += one.path("share").asDouble();
            }
            // Each of the 11 is rounded to six digits.
            assertThat(shares).isCloseTo(1, within(11 * 0.5e-6));
        });
        Image map = new ImageReader(DecodeOptions.DEFAULT).readMask(out.resolve("tall.labels.png"));
        assertThat(map.height()).isEqualTo(70);
        assertThat(map.width()).isEqualTo(33);
        for (byte label : map.pixels()) {
            assertThat(label).isBetween((byte) 0, (byte) 10);
        }
        assertThat(out.resolve("wide.overlay.png")).exists();
    }

    @Test
    void severalScalesAndMirroringAreTaken() {
        Ended ended = beits(
                "predict",
                home.resolve("pixels"),
                home.resolve("wide.png"),
                "--scales",
                "0.75,1.5",
                "--flip",
                "--out",
                home.resolve("views"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(home.resolve("views/wide.labels.png")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict H/pixels H/wide.png --scales 0",
                "evaluate H/pixels --data ade20k --path H/nowhere",
                "evaluate H/pixels --data ade20k",
                "evaluate H/pixels --data fashion_mnist",
                "evaluate H/pixels --data mask_folder --path H/other",
                "segment scenes-segment --set decoder=fcn --out H/never",
                "segment scenes-segment --set blocks=[0,1,2,9] --out H/never",
                "segment scenes-segment --set initFrom=null --set classWeights=[1,2] --out H/never",
                "segment scenes-segment --set optim.modelEma=0.99 --out H/never",
                "segment scenes-segment --set model.patchSize=4 --out H/never",
                "segment scenes-segment-setr-pup --set model.patchSize=6 --set model.imageSize=66 --out H/never",
                "segment scenes-segment --set initFrom=H/none --out H/never",
                "finetune fashion-finetune --set data.source=scenes --set data.limit=5 --out H/never",
                "pretrain scenes-pretrain --set data.limit=0 --out H/never",
                "fewlabel scenes-segment --set initFrom=null"
            })
    void mistakeIsOneLine(String line) throws IOException {
        Path images = Files.createDirectories(home.resolve("other/images/validation"));
        Path masks = Files.createDirectories(home.resolve("other/annotations/validation"));
        Files.writeString(home.resolve("other/classes.txt"), "a\nb\n");
        Files.copy(home.resolve("wide.png"), images.resolve("a.png"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(home.resolve("wide.png"), masks.resolve("a.png"), StandardCopyOption.REPLACE_EXISTING);
        Ended ended = beits(List.of(line.replace("H/", home + "/").split(" ")));
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).startsWith("beits: ").hasLineCount(1);
        assertThat(ended.out()).isEmpty();
    }

    /** A mask with a class that has no name, one of another size and a broken picture: named, counted, the rest measured. */
    @Test
    void wrongMasksAreNamedAndTheRestIsMeasured() throws IOException {
        Path data = home.resolve("masked");
        Path pictures = Files.createDirectories(data.resolve("images/validation"));
        Path masks = Files.createDirectories(data.resolve("annotations/validation"));
        List<String> classes = new ArrayList<>(List.of("ground"));
        classes.addAll(FashionMnist.bundled(FashionMnist.Part.TEST).classNames());
        Files.writeString(data.resolve("classes.txt"), String.join("\n", classes) + "\n");
        for (String name : List.of("good", "label", "size")) {
            Files.copy(home.resolve("wide.png"), pictures.resolve(name + ".png"));
            Image mask = name.equals("size") ? Image.blank(40, 89, 1) : Image.blank(40, 90, 1);
            mask.pixels()[5] = (byte) (name.equals("label") ? 11 : 255);
            PngWriter.write(mask, masks.resolve(name + ".png"));
        }
        Files.copy(home.resolve("broken.png"), pictures.resolve("torn.png"));
        Files.copy(masks.resolve("good.png"), masks.resolve("torn.png"));
        Ended ended = beits("evaluate", home.resolve("pixels"), "--data", "mask_folder", "--path", data);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .contains("label.png: class 11 with 11 class names", "size.png: 40 x 89", "torn.png", "3 of 4")
                .hasLineCount(4);
        JsonNode json = JSON.readTree(ended.out());
        assertThat(json.path("pictures").asInt()).isEqualTo(1);
        assertThat(json.path("unreadable").asInt()).isEqualTo(3);
    }

    /** Training refuses wrong masks and unreadable pictures by name, or leaves them out when told so, to the end of the run. */
    @Test
    void wrongMasksEndTheTrainingOrAreLeftOut() throws IOException {
        Path data = home.resolve("to-train");
        Files.createDirectories(data);
        Files.writeString(data.resolve("classes.txt"), "ground\nthing\n");
        for (String part : List.of("training", "validation")) {
            Path pictures = Files.createDirectories(data.resolve("images").resolve(part));
            Path masks = Files.createDirectories(data.resolve("annotations").resolve(part));
            for (String name : List.of("a", "b", "label", "size", "torn")) {
                Files.copy(
                        home.resolve(name.equals("torn") ? "broken.png" : "wide.png"), pictures.resolve(name + ".png"));
                Image mask = name.equals("size") ? Image.blank(40, 89, 1) : Image.blank(40, 90, 1);
                mask.pixels()[5] = (byte) (name.equals("label") ? 7 : 1);
                PngWriter.write(mask, masks.resolve(name + ".png"));
            }
        }
        List<String> own = List.of(
                "--set",
                "data.source=mask_folder",
                "--set",
                "data.path=" + data,
                "--set",
                "data.training=0",
                "--set",
                "data.test=0",
                "--set",
                "optim.batchSize=2",
                "--set",
                "randomResize=true");
        List<String> refusing = new ArrayList<>(segment(home.resolve("refusing")));
        refusing.addAll(own);
        Ended refused = beits(refusing);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .containsAnyOf("label.png: class 7 with 2 class names", "size.png: 40 x 89", "torn.png");
        assertThat(home.resolve("refusing")).doesNotExist();

        List<String> leaving = new ArrayList<>(segment(home.resolve("leaving")));
        leaving.addAll(own);
        leaving.addAll(List.of("--set", "data.skipBroken=true", "--set", "optim.epochs=6"));
        Ended left = beits(leaving);
        assertThat(left.code()).as(left.err()).isZero();
        assertThat(left.err()).contains("left out: ", "label.png: class 7", "size.png: 40 x 89", "torn.png");
        assertThat(home.resolve("leaving/report.html")).content().contains("<td>thing</td>");
    }

    @Test
    void classWeightsDecoderAndCosineTrain() {
        Ended ended = beits(segment(
                home.resolve("weighted"),
                "--set",
                "classWeights=[0.1,1,1,1,1,1,1,1,1,1,1]",
                "--set",
                "decoder=setr_pup",
                "--set",
                "blocks=[0,2]",
                "--set",
                "schedule=cosine",
                "--set",
                "randomResize=true",
                "--set",
                "photometric=true",
                "--set",
                "model.imageSize=16",
                "--set",
                "optim.batchSize=4"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("mean IoU");
        Ended predicted = beits(
                "predict",
                home.resolve("weighted"),
                home.resolve("wide.png"),
                "--out",
                home.resolve("weighted-pictures"));
        assertThat(predicted.code()).as(predicted.err()).isZero();
    }

    /** Patches of 8 pixels take three doublings; what starts from a checkpoint is compared on the same scenes and seeds. */
    @Test
    void fewScenesAreComparedOnTheSameSeeds() {
        List<String> arguments = new ArrayList<>(List.of("fewlabel", "scenes-segment-setr-pup"));
        arguments.addAll(TINY);
        for (String set :
                List.of("model.imageSize=16", "channels=8", "data.test=4", "optim.batchSize=4", "run.seed=3")) {
            arguments.addAll(List.of("--set", set));
        }
        arguments.addAll(List.of("--init", home.resolve("pixels").toString(), "--labels", "4,8", "--seeds", "2"));
        Ended ended = beits(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains(
                        "4 labelled pictures, seed 3: pre-trained",
                        "8 labelled pictures, seed 4: pre-trained",
                        "8 labelled pictures, mean: pre-trained")
                .hasLineCount(6);
        assertThat(ended.err()).contains("of a segmentation decoder left out");
    }

    /** As in the released models' files, with mmseg's buffers; after a few steps of momentum 0.1 the variance is still large. */
    @Test
    void statisticsOfTheDecoderAreTakenOver() throws IOException {
        String variance = "decode_head.fpn_bottleneck.bn.running_var";
        float[] large = new float[8];
        Arrays.fill(large, 1e6f);
        NamedTensors trained = Safetensors.read(home.resolve("pixels/model.safetensors"));
        NamedTensors released = new NamedTensors();
        trained.metadata().forEach(released::describe);
        trained.tensors()
                .forEach(
                        (name, tensor) -> released.put(name, name.equals(variance) ? TensorData.of(large, 8) : tensor));
        released.put("decode_head.fpn_bottleneck.bn.num_batches_tracked", TensorData.of(new long[] {7}, 1))
                .put("backbone.blocks.0.attn.relative_position_index", TensorData.of(new long[289], 17, 17));
        Path file = home.resolve("released.safetensors");
        Safetensors.write(file, released);
        Path run = home.resolve("statistics");
        Ended ended = beits(segment(run, "--set", "initFrom=" + file));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).doesNotContain("left out");
        assertThat(Safetensors.read(run.resolve("model.safetensors"))
                        .get(variance)
                        .toFloats()[0])
                .isBetween(1000f, 0.95e6f);
    }

    /** The same decoder is taken over; a classifier takes the encoder alone. */
    @Test
    void aSegmentationModelIsAStart() {
        Ended same = beits(segment(
                home.resolve("again"), "--set", "initFrom=" + home.resolve("pixels"), "--set", "optim.lr=1e-3"));
        assertThat(same.code()).as(same.err()).isZero();
        assertThat(same.err()).doesNotContain("decode_head.conv_seg.weight");
        List<String> classes = new ArrayList<>(List.of("finetune", "fashion-finetune"));
        classes.addAll(TINY);
        for (String set : List.of(
                "model.imageSize=32", "model.patchSize=8", "labelsPerClass=5", "initFrom=" + home.resolve("pixels"))) {
            classes.addAll(List.of("--set", set));
        }
        classes.addAll(List.of("--out", home.resolve("classes").toString()));
        Ended classifier = beits(classes);
        assertThat(classifier.code()).as(classifier.err()).isZero();
        assertThat(classifier.err()).contains("of a segmentation decoder left out");
    }

    /** Text files of a folder are no pictures; a picture that is none is named, the others are predicted. */
    @Test
    void foldersListsAndBrokenPicturesArePredicted() throws IOException {
        Path folder = Files.createDirectories(home.resolve("mixed/below"));
        Files.copy(home.resolve("wide.png"), folder.resolve("a.png"));
        Files.copy(home.resolve("tall.png"), folder.resolveSibling("a.png"));
        Files.copy(home.resolve("broken.png"), folder.resolve("torn.png"));
        Files.writeString(folder.resolve("notes.txt"), "no picture");
        Path out = home.resolve("mixed-maps");
        Ended ended = beits("predict", home.resolve("pixels"), home.resolve("mixed"), "--out", out);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("torn.png", "1 of 3 pictures").hasLineCount(2);
        assertThat(ended.json()).hasSize(2);
        try (Stream<Path> written = Files.list(out)) {
            assertThat(written.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder("a.labels.png", "a.overlay.png", "a-2.labels.png", "a-2.overlay.png");
        }
    }
}
