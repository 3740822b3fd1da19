package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps that {@code --dry-run} states are those that the run would take. */
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
}
