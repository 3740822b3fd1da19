package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training that starts from weights of other people's layouts. */
class BroughtWeightsTest {
    private static final String WEIGHTS = "src/test/resources/golden/checkpoints/mim_tiny/";

    @TempDir
    private Path home;

    private record Ended(int code, String err) {}

    private Ended finetune(Path out, String start) {
        StringWriter err = new StringWriter();
        List<String> fields = List.of(
                "data.source=drawings_sample",
                "data.limit=12",
                "labelsPerClass=0",
                "model.imageSize=48",
                "model.patchSize=8",
                "model.channels=3",
                "model.width=16",
                "model.depth=2",
                "model.heads=2",
                "optim.batchSize=6",
                "optim.epochs=1",
                "optim.warmupEpochs=0",
                "initFrom=" + start);
        List<String> arguments = new java.util.ArrayList<>(List.of("finetune", "fashion-finetune"));
        fields.forEach(field -> arguments.addAll(List.of("--set", field)));
        arguments.addAll(List.of("--out", out.toString()));
        int code = Main.run(
                arguments.toArray(String[]::new), new PrintWriter(new StringWriter()), new PrintWriter(err, true));
        return new Ended(code, err.toString());
    }

    @Test
    void fineTuningStartsFromEveryLayoutAlike() {
        Ended official = finetune(home.resolve("official"), WEIGHTS + "official_zip.pth");
        assertThat(official.code).as(official.err).isZero();
        assertThat(official.err)
                .contains("initFrom: official layout, 40 tensors")
                .contains("4x4 -> 6x6, geometric")
                .contains("lm_head.weight, lm_head.bias: this model has no token head");
        Ended huggingFace = finetune(home.resolve("hf"), WEIGHTS + "hf.safetensors");
        assertThat(huggingFace.code).as(huggingFace.err).isZero();
        assertThat(home.resolve("hf/model.safetensors"))
                .hasSameBinaryContentAs(home.resolve("official/model.safetensors"));
    }

    @Test
    void weightsThatDoNotFitAreListed() {
        Ended ended = finetune(home.resolve("run"), "src/test/resources/golden/checkpoints/unusual/unusual_zip.pth");
        assertThat(ended.code).isEqualTo(Main.USER_MISTAKE);
        assertThat(ended.err).contains("do not fit the model").contains("transposed [4, 3] is not in the model");
        assertThat(home.resolve("run")).doesNotExist();
    }
}
