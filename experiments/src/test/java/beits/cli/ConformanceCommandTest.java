package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceCommandTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String CASE = "metrics/classification";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Object... arguments) {
        return Main.run(
                Stream.concat(Stream.of("conformance"), Stream.of(arguments).map(Object::toString))
                        .toArray(String[]::new),
                new PrintWriter(out, true),
                new PrintWriter(err, true));
    }

    private List<String> lines() {
        return out.toString().lines().toList();
    }

    @Test
    void aPassedCaseIsOneLineAndExitZero() {
        assertThat(run(GOLDEN.resolve(CASE))).isZero();
        assertThat(lines()).hasSize(2);
        assertThat(lines().getFirst())
                .startsWith("metrics ")
                .contains(CASE)
                .contains("tolerance")
                .endsWith("passed");
        assertThat(lines().getLast()).isEqualTo("1 passed, 0 failed");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFailedCaseIsNamedAndTheExitCodeSaysSo(@TempDir Path folder) throws IOException {
        for (String name : List.of("case.json", "inputs.safetensors", "expected.safetensors")) {
            Files.copy(GOLDEN.resolve(CASE).resolve(name), folder.resolve(name));
        }
        Path description = folder.resolve("case.json");
        Files.writeString(
                description,
                Files.readString(description).replace("\"cross_entropy\": 3.70", "\"cross_entropy\": 3.71"));

        assertThat(run(folder, "--device", "reference")).isEqualTo(Main.FAILED);
        assertThat(lines().getFirst()).contains("FAILED: cross_entropy: 3.70").contains("instead of 3.71");
        assertThat(lines().getLast()).isEqualTo("0 passed, 1 failed");
    }

    @Test
    void aFolderWithoutCasesIsAMistake(@TempDir Path folder) {
        assertThat(run(folder)).isEqualTo(Main.USER_MISTAKE);
        assertThat(run(folder.resolve("absent"))).isEqualTo(Main.USER_MISTAKE);
        assertThat(run(GOLDEN.resolve(CASE), "--device", "abacus")).isEqualTo(Main.USER_MISTAKE);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).startsWith("beits: "));
    }
}
