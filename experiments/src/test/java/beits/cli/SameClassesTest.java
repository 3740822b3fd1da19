package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SameClassesTest {
    private static final Path FILE = Path.of("model");

    private static String said(List<String> own, List<String> given) {
        StringWriter err = new StringWriter();
        SameClasses.require(FILE, own, given, new PrintWriter(err, true));
        return err.toString();
    }

    @Test
    void sameNamesAndNumbersPassInSilence() {
        assertThat(said(List.of("cat", "dog"), List.of("cat", "dog"))).isEmpty();
        assertThat(said(List.of("class 0", "class 1"), List.of("cat", "dog"))).isEmpty();
    }

    @Test
    void wordsForFoldersAreTakenByNumberAndToldOf() {
        assertThat(said(List.of("tench, Tinca tinca", "goldfish"), List.of("n01440764", "n01443537")))
                .contains("model: class 0 is \"tench, Tinca tinca\", \"n01440764\" in the data", "in this order");
    }

    @Test
    void anotherOrderOrNumberIsRefused() {
        assertThatThrownBy(() -> said(List.of("cat", "dog"), List.of("dog", "cat")))
                .hasMessageContaining("class 0 is \"cat\", but \"dog\" in the data");
        assertThatThrownBy(() -> said(List.of("cat", "dog"), List.of("cat")))
                .hasMessageContaining("knows 2 classes, the data has 1");
    }
}
