package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;

import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.job.ModelCard;
import beits.job.ModelKind;
import beits.tokenizer.DiscreteVaeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps and sizes that {@code --dry-run} states are those that the run would have. */
class DryRunTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int beits(String... arguments) {
        return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            finetune        | fashion-finetune  | labelsPerClass=10 | 400 (200 epochs of 2)
            finetune        | fashion-finetune  | labelsPerClass=0  | 40,000 (200 epochs of 200)
            segment         | scenes-segment    | data.training=80  | 120 (24 epochs of 5)
            pretrain        | fashion-pretrain  | data.limit=128    | 40 (20 epochs of 2)
            train-tokenizer | fashion-tokenizer | data.limit=200    | 12 (4 epochs of 3)
            """)
    void stepsAreThoseOfTheChosenPictures(String command, String recipe, String set, String steps) {
        assertThat(beits(command, recipe, "--dry-run", "--set", set))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .containsPattern("steps +" + steps.replace("(", "\\(").replace(")", "\\)"));
    }

    @Test
    void moreLabelsThanThereAreAreRefused() {
        assertThat(beits("finetune", "fashion-finetune", "--dry-run", "--set", "labelsPerClass=5000"))
                .isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString())
                .contains("5000 labels a class were asked for; class")
                .doesNotContain("\tat ");
    }

    @Test
    void absentDataIsSaid() {
        assertThat(beits("finetune", "beit-base-finetune", "--dry-run", "--set", "data.path=not-here"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("unknown: the data is not here", "1000 classes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            beit-base-cifar100      | 85,838,884  | 100 classes
            beit-base-finetune-22k  | 102,557,713 | 21841 classes
            beit-large-finetune-22k | 325,792,593 | 21841 classes
            """)
    void classesOfAbsentDataAreThoseThatItIsKnownToHave(String recipe, String parameters, String classes) {
        assertThat(beits("finetune", recipe, "--dry-run")).as(err.toString()).isZero();
        assertThat(out.toString()).contains(parameters, classes);
    }

    @Test
    void classesCanBeSaid() {
        assertThat(beits("finetune", "beit-base-cifar100", "--dry-run", "--classes", "1000"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("86,530,984", "1000 classes");
    }

    /** A width of 64: 65 values a word. */
    @Test
    void vocabularyIsThatOfTheRecipeThatTheTokenizerIsNamedAfter() {
        assertThat(beits("pretrain", "fashion-pretrain", "--dry-run", "--set", "tokenizer=not-here/fashion-tokenizer"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains(
                        "218,864",
                        "256 words, as recipe fashion-tokenizer makes it; not-here/fashion-tokenizer is not here");
    }

    @Test
    void vocabularyOfAnUnknownTokenizerIsThePapers() {
        assertThat(beits("pretrain", "fashion-pretrain", "--dry-run", "--set", "tokenizer=not-here"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("734,704", "8192 words, as the paper's; not-here is not here");
    }

    @Test
    void vocabularyIsReadWhereTheTokenizerIs(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.safetensors");
        NamedTensors checkpoint = new NamedTensors();
        new ModelCard(
                        ModelKind.TOKENIZER,
                        null,
                        new DiscreteVaeConfig(28, 1, 64, 4, 2, 4, 0),
                        64,
                        null,
                        List.of(),
                        List.of(0.5f),
                        List.of(0.5f),
                        null)
                .description()
                .forEach(checkpoint::describe);
        Safetensors.write(file, checkpoint);
        assertThat(beits("pretrain", "fashion-pretrain", "--dry-run", "--set", "tokenizer=" + file))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("206,384").doesNotContain("assumed");
    }
}
