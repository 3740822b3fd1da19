package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import beits.data.Dataset;
import beits.data.source.FashionMnist;
import beits.image.PngWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands that use a trained model, on untrained tiny ones: what they print must agree with each other whatever the weights. */
class UsingModelTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f", "g");
    private static final int PER_CLASS = 5;

    @TempDir
    private static Path home;

    private static Path classifier;
    private static Path masked;
    private static Path data;

    private record Ended(int code, String out, String err) {
        List<JsonNode> json() {
            return out.lines().map(line -> new JsonMapper().readTree(line)).toList();
        }
    }

    private static Ended beits(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        int code = Main.run(words, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ended(code, out.toString(), err.toString());
    }

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
        assertThat(predicted.code).as(predicted.err).isZero();
        assertThat(evaluated.code).as(evaluated.err).isZero();
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

    @Test
    void namesOnStandardInput() {
        InputStream before = System.in;
        Path one = data.resolve("val/a/0.png");
        Path two = data.resolve("val/b/1.png");
        System.setIn(new ByteArrayInputStream((two + "\n\n" + one + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            Ended ended = beits("predict", classifier, "-", "--top", "1");
            assertThat(ended.code).as(ended.err).isZero();
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
        assertThat(ended.code).isEqualTo(1);
        assertThat(ended.out).hasLineCount(27);
        assertThat(ended.err).contains("01.png", "37.png", "none.jpg: no such file", "14 of 41 pictures");
        assertThat(ended.out
                        .lines()
                        .map(line -> line.substring(line.indexOf("classes")))
                        .distinct())
                .as("a picture's classes do not depend on its neighbours in the batch")
                .hasSize(1);

        Ended none = beits("predict", classifier, folder.resolve("01.png"));
        assertThat(none.code).isEqualTo(2);
        assertThat(none.out).isEmpty();
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
        assertThat(refused).allSatisfy(ended -> {
            assertThat(ended.code).as(ended.err).isEqualTo(2);
            assertThat(ended.err).startsWith("beits: ").hasLineCount(1);
            assertThat(ended.out).isEmpty();
        });
        assertThat(refused.getFirst().err).contains("masked image model", "fine-tuned");
        assertThat(refused.get(7).err).contains("2 classes", "7");
    }
}
