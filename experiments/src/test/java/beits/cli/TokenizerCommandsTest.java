package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;

import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PngWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What can be done with a tokenizer once there is one. */
class TokenizerCommandsTest {
    private static final Path DALL_E = Path.of("src/test/resources/golden/checkpoints/dalle_tiny");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private static Path home;

    private static List<String> with(List<String> fields, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        fields.forEach(field -> all.addAll(List.of("--set", field)));
        return all;
    }

    @BeforeAll
    static void trainTokenizer() {
        Ended ended = beits(with(
                List.of(
                        "data.limit=24",
                        "optim.batchSize=6",
                        "optim.epochs=1",
                        "optim.warmupEpochs=0",
                        "optim.warmupSteps=0",
                        "model.hiddenDim=4",
                        "model.tokens=16"),
                "train-tokenizer",
                "fashion-tokenizer",
                "--out",
                home.resolve("tokenizer").toString()));
        assertThat(ended.code()).as(ended.err()).isZero();
    }

    private static List<String> recipe() {
        return List.of("tokenizer=" + home.resolve("tokenizer"), "data.limit=13");
    }

    @Test
    void aSecondPassTokenisesNothing(@TempDir Path cache) {
        List<String> arguments = with(recipe(), "tokenize", "fashion-pretrain", "--cache", cache.toString());
        assertThat(beits(arguments).out()).contains("13 pictures, 26 views: 26 tokenised, 0 known");
        assertThat(beits(arguments).out()).contains("26 views: 0 tokenised, 26 known");
        List<String> more = new ArrayList<>(arguments);
        more.addAll(List.of("--set", "data.limit=20", "--batch", "1"));
        assertThat(beits(more).out()).contains("40 views: 14 tokenised, 26 known");
    }

    @Test
    void viewsThatChangeAreNotCached(@TempDir Path cache) {
        List<String> arguments = with(recipe(), "tokenize", "fashion-pretrain", "--cache", cache.toString());
        arguments.addAll(List.of("--set", "augmentation.minCropArea=0.5"));
        Ended ended = beits(arguments);
        assertThat(ended.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(ended.err()).contains("nothing to keep").hasLineCount(1);
        assertThat(cache).isEmptyDirectory();
    }

    /** Tokens that were computed ahead, in batches of another size, lead to the same weights. */
    @Test
    void preTrainingFromACacheIsTheSame(@TempDir Path folder) throws IOException {
        List<String> fields = new ArrayList<>(recipe());
        fields.addAll(List.of("optim.batchSize=6", "optim.epochs=2", "model.width=16", "model.depth=1"));
        Path cache = folder.resolve("cache");
        assertThat(beits(with(recipe(), "tokenize", "fashion-pretrain", "--cache", cache.toString()))
                        .code())
                .isZero();
        long size = size(cache);
        Ended own = beits(with(
                fields,
                "pretrain",
                "fashion-pretrain",
                "--out",
                folder.resolve("own").toString()));
        assertThat(own.code()).as(own.err()).isZero();
        assertThat(folder.resolve("own/tokens")).isNotEmptyDirectory();
        Ended cached = beits(with(
                fields,
                "pretrain",
                "fashion-pretrain",
                "--token-cache",
                cache.toString(),
                "--out",
                folder.resolve("cached").toString()));
        assertThat(cached.code()).as(cached.err()).isZero();
        assertThat(size(cache)).isEqualTo(size);
        assertThat(folder.resolve("cached/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("own/model.safetensors"));
    }

    private static long size(Path cache) throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return Files.size(files.findFirst().orElseThrow());
        }
    }

    private static Path picture(Path folder, String name, int height, int width) throws IOException {
        byte[] pixels = new byte[height * width * 3];
        new SplittableRandom(name.hashCode()).nextBytes(pixels);
        Path file = folder.resolve(name);
        PngWriter.write(new Image(height, width, 3, pixels), file);
        return file;
    }

    @Test
    void reconstructionsAreShownAndMeasured(@TempDir Path folder) throws IOException {
        Path first = picture(folder, "first.png", 28, 28);
        Path second = picture(folder, "second.png", 40, 31);
        Ended ended = beits(
                "reconstruct",
                home.resolve("tokenizer").toString(),
                first.toString(),
                second.toString(),
                "--out",
                folder.resolve("out").toString());
        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode json = JSON.readTree(ended.out());
        assertThat(json.get("pictures").size()).isEqualTo(2);
        assertThat(json.get("codebook").get("words").asInt()).isEqualTo(16);
        assertThat(json.get("codebook").get("perplexity").asDouble()).isBetween(1.0, 16.0);
        assertThat(json.get("mae").asDouble()).isBetween(0.0, 1.0);
        Path pair = Path.of(json.get("pictures").get(1).get("file").asString());
        Image shown = new ImageReader(beits.image.DecodeOptions.DEFAULT).read(pair);
        assertThat(shown.height()).isEqualTo(28);
        assertThat(shown.width()).isEqualTo(28 + 4 + 28);
    }

    @Test
    void brokenPicturesAreNamedAndTheOthersReconstructed(@TempDir Path folder) throws IOException {
        Path pictures = Files.createDirectory(folder.resolve("pictures"));
        Files.write(pictures.resolve("a.png"), new byte[0]);
        picture(pictures, "b.png", 28, 28);
        Files.writeString(pictures.resolve("c.png"), "no picture");
        picture(pictures, "d.png", 30, 30);
        Path out = folder.resolve("out");
        Ended ended = beits(
                "reconstruct",
                home.resolve("tokenizer").toString(),
                pictures.toString(),
                "--batch",
                "1",
                "--out",
                out.toString());
        assertThat(ended.code()).as(ended.err()).isEqualTo(Main.FAILED);
        assertThat(ended.err()).contains("a.png", "c.png", "2 of 4 pictures could not be read");
        JsonNode shown = JSON.readTree(ended.out()).get("pictures");
        assertThat(shown.size()).isEqualTo(2);
        assertThat(shown.get(0).get("picture").asString()).endsWith("b.png");
        assertThat(shown.get(1).get("picture").asString()).endsWith("d.png");
        assertThat(out).isDirectoryContaining("glob:**-b.png").isDirectoryContaining("glob:**-d.png");

        Path none = folder.resolve("none");
        Ended broken = beits(
                "reconstruct",
                home.resolve("tokenizer").toString(),
                pictures.resolve("a.png").toString(),
                "--out",
                none.toString());
        assertThat(broken.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(broken.out()).isEmpty();
        assertThat(none).doesNotExist();
    }

    @Test
    void aTokenizerIsNoStartOfATraining(@TempDir Path folder) {
        Ended ended = beits(with(
                List.of("initFrom=" + home.resolve("tokenizer")),
                "finetune",
                "fashion-finetune",
                "--out",
                folder.resolve("run").toString()));
        assertThat(ended.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(ended.err())
                .startsWith("beits: initFrom: " + home.resolve("tokenizer/model.safetensors") + " holds a tokenizer")
                .hasLineCount(1);
    }

    /** DALL-E's two pickled modules, and what convert makes of them, tokenise alike. */
    @Test
    void dallEsTokenizerIsTakenAsPublishedAndConverted(@TempDir Path folder) throws IOException {
        for (String part : List.of("encoder", "decoder")) {
            Files.copy(DALL_E.resolve(part + "_zip.pkl"), folder.resolve(part + ".pkl"));
        }
        Path ours = folder.resolve("dall-e.safetensors");
        Ended converted = beits("convert", folder.toString(), ours.toString(), "--to", "ours");
        assertThat(converted.code()).as(converted.err()).isZero();
        assertThat(converted.out()).contains("loaded").doesNotContain("dropped");
        Path picture = picture(folder, "picture.png", 24, 24);
        List<JsonNode> results = new ArrayList<>();
        for (Path tokenizer : List.of(folder, ours)) {
            Ended ended = beits(
                    "reconstruct",
                    tokenizer.toString(),
                    picture.toString(),
                    "--size",
                    "16",
                    "--out",
                    folder.resolve("out" + results.size()).toString());
            assertThat(ended.code()).as(ended.err()).isZero();
            results.add(JSON.readTree(ended.out()));
        }
        assertThat(results.get(0).get("tokenizer")).isEqualTo(results.get(1).get("tokenizer"));
        assertThat(results.get(0).get("mae")).isEqualTo(results.get(1).get("mae"));
        assertThat(results.get(0).get("pictures").get(0).get("tokens").size()).isEqualTo(4);
        assertThat(results.get(0).get("pictures").get(0).get("tokens"))
                .isEqualTo(results.get(1).get("pictures").get(0).get("tokens"));

        Files.delete(folder.resolve("decoder.pkl"));
        Ended half = beits(
                "convert", folder.toString(), folder.resolve("x.safetensors").toString(), "--to", "ours");
        assertThat(half.err()).contains("decoder.pkl").contains("missing").hasLineCount(1);
    }
}
