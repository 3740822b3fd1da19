package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo and the reproduction from end to end, on networks too small to learn anything. */
class ReproduceTest {
    private static final List<String> SMALL = List.of(
            "fashion-tokenizer:data.limit=128",
            "fashion-tokenizer:model.hiddenDim=4",
            "fashion-tokenizer:optim.epochs=1",
            "fashion-tokenizer:optim.warmupEpochs=0",
            "fashion-tokenizer:optim.warmupSteps=0",
            "fashion-pretrain:data.limit=128",
            "fashion-pretrain:model.width=16",
            "fashion-pretrain:model.depth=2",
            "fashion-pretrain:optim.epochs=1",
            "fashion-pretrain:optim.warmupEpochs=0",
            "fashion-finetune:model.width=16",
            "fashion-finetune:model.depth=2",
            "fashion-finetune:optim.epochs=2",
            "fashion-finetune:optim.warmupEpochs=0");

    @TempDir
    private Path home;

    private static Ended small(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        SMALL.forEach(field -> all.addAll(List.of("--set", field)));
        return beits(all);
    }

    @Test
    void demoLeavesItsReportAndModels() {
        Path folder = home.resolve("demo");
        Ended ended = small("demo", "--out", folder.toString());
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .matches("report: .*report.html   pre-trained \\d+\\.\\d %, from scratch \\d+\\.\\d %\n");
        assertThat(folder.resolve("report.html"))
                .content()
                .contains("words out of 256", "10 labelled pictures", "Attention", "filled in", "<svg");
        assertThat(folder.resolve("pre-training/model.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("fine-tuning-from-scratch/recipe.yaml"))
                .content()
                .contains("layerDecay: 1.0", "initFrom: null");
    }

    @Test
    void everyClaimIsChecked() throws IOException {
        String folder = home.resolve("claims").toString();
        Ended ended = small("reproduce", "all", "--out", folder);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out().lines())
                .hasSize(6)
                .allMatch(line -> line.matches("(table[124]|figure2|probe) +(seen here too|not seen here): .*")
                        || line.startsWith("report: "));
        assertThat(Path.of(folder, "report.html")).content().contains("Table 4", "recover masked pixels", "<svg");

        Path model = Path.of(folder, "beit-1", "model.safetensors");
        var before = Files.getLastModifiedTime(model);
        Ended again = small("reproduce", "table1", "--out", folder);
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(Files.getLastModifiedTime(model)).isEqualTo(before);
        assertThat(again.out().lines().findFirst())
                .isEqualTo(ended.out().lines().findFirst());
    }

    @Test
    void claimsAreListed() {
        Ended ended = beits(List.of("reproduce"));
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("table1   Table 1, section 3.1", "figure2", "the paper: ", "here: ");
    }

    @Test
    void mistakesAreRefused() {
        Path folder = home.resolve("refused");
        for (List<String> wrong : List.of(
                List.of("reproduce", "table9"),
                List.of("reproduce", "table1", "--seeds", "0"),
                List.of("reproduce", "table1", "--set", "fashion:optim.lr=1"),
                List.of("demo", "--set", "optim.lr=1"))) {
            List<String> arguments = new ArrayList<>(wrong);
            arguments.addAll(List.of("--out", folder.toString()));
            Ended ended = beits(arguments);
            assertThat(ended.code()).as(ended.err()).isEqualTo(2);
            assertThat(ended.err()).startsWith("beits: ").hasLineCount(1);
        }
        assertThat(folder).doesNotExist();
    }
}
