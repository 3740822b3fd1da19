package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;

import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training that starts from weights of other people's layouts. */
class BroughtWeightsTest {
    private static final String WEIGHTS = "src/test/resources/golden/checkpoints/mim_tiny/";

    private static final List<String> FIELDS = List.of(
            "data.source=drawings_sample",
            "data.limit=12",
            "model.patchSize=8",
            "model.channels=3",
            "model.width=16",
            "model.depth=2",
            "model.heads=2",
            "optim.batchSize=6",
            "optim.epochs=1",
            "optim.warmupEpochs=0");

    @TempDir
    private Path home;

    private static Ended finetune(Path out, String start) {
        List<String> fields = new ArrayList<>(FIELDS);
        fields.addAll(List.of("labelsPerClass=0", "model.imageSize=48", "initFrom=" + start));
        List<String> arguments = new ArrayList<>(List.of("finetune", "fashion-finetune"));
        fields.forEach(field -> arguments.addAll(List.of("--set", field)));
        arguments.addAll(List.of("--out", out.toString()));
        return beits(arguments);
    }

    @Test
    void fineTuningStartsFromEveryLayoutAlike() {
        Ended official = finetune(home.resolve("official"), WEIGHTS + "official_zip.pth");
        assertThat(official.code()).as(official.err()).isZero();
        assertThat(official.err())
                .contains("initFrom: " + Path.of(WEIGHTS + "official_zip.pth") + ": official layout, 40 tensors")
                .contains("4x4 -> 6x6, geometric")
                .contains("lm_head.weight, lm_head.bias: this model has no token head");
        Ended huggingFace = finetune(home.resolve("hf"), WEIGHTS + "hf.safetensors");
        assertThat(huggingFace.code()).as(huggingFace.err()).isZero();
        assertThat(home.resolve("hf/model.safetensors"))
                .hasSameBinaryContentAs(home.resolve("official/model.safetensors"));
    }

    /** The published way: DALL-E's pickled tokenizer, and an encoder that somebody pre-trained with another one. */
    @Test
    void preTrainingContinuesWithDallEsTokenizer() throws IOException {
        Path tokenizer = Files.createDirectory(home.resolve("dall-e"));
        for (String part : List.of("encoder", "decoder")) {
            Files.copy(
                    Path.of("src/test/resources/golden/checkpoints/dalle_tiny", part + "_legacy.pkl"),
                    tokenizer.resolve(part + ".pkl"));
        }
        List<String> arguments = new ArrayList<>(List.of("pretrain", "fashion-pretrain"));
        List<String> fields = new ArrayList<>(FIELDS);
        fields.addAll(List.of(
                "model.imageSize=32",
                "mask.maskPatches=6",
                "tokenizer=" + tokenizer,
                "initFrom=" + WEIGHTS + "hf.safetensors"));
        fields.forEach(field -> arguments.addAll(List.of("--set", field)));
        Path out = home.resolve("pretrain");
        arguments.addAll(List.of("--out", out.toString()));
        Ended ended = beits(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err())
                .contains("initFrom: " + Path.of(WEIGHTS + "hf.safetensors") + ": Hugging Face layout")
                .contains("lm_head.weight, lm_head.bias: the head has other tokens here");
        assertThat(Checkpoints.open(out.resolve("model.safetensors"))
                        .get("lm_head.weight")
                        .shape())
                .containsExactly(12L, 16L);
    }

    @Test
    void aTokenizerIsNoStart() {
        Ended ended = finetune(home.resolve("run"), "src/test/resources/golden/checkpoints/dalle_tiny/encoder_zip.pkl");
        assertThat(ended.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(ended.err())
                .startsWith("beits: initFrom: ")
                .contains(
                        "encoder_zip.pkl holds a tokenizer, which has no encoder; give a pre-trained or fine-tuned model")
                .hasLineCount(1);
        Ended absent = finetune(home.resolve("run"), home.resolve("absent").toString());
        assertThat(absent.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(absent.err()).startsWith("beits: initFrom: " + home.resolve("absent"));
        assertThat(home.resolve("run")).doesNotExist();
    }

    @Test
    void weightsThatDoNotFitAreListed() throws IOException {
        NamedTensors unusual = new NamedTensors();
        Checkpoints.read(Path.of("src/test/resources/golden/checkpoints/unusual/unusual_zip.pth"))
                .tensors()
                .forEach((name, tensor) -> {
                    if (tensor.nonFinite() == 0) {
                        unusual.put(name, tensor);
                    }
                });
        Path file = home.resolve("unusual.safetensors");
        Safetensors.write(file, unusual);
        Ended ended = finetune(home.resolve("run"), file.toString());
        assertThat(ended.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(ended.err())
                .contains("initFrom: " + file + ": ", "do not fit the model")
                .contains("transposed [4, 3] is not in the model");
        assertThat(home.resolve("run")).doesNotExist();
    }
}
