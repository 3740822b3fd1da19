package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What benchmarks say, on the smallest model; how fast anything is is not tested. */
class BenchmarkCommandTest {
    @TempDir
    private Path home;

    @Test
    void benchmarkOfKernelsComparesDevices() {
        Ended ended = beits(
                List.of("benchmark kernels --model tiny --batch 1 --repeats 1 --warmup 0 --vs cpu --json".split(" ")));
        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode kernels = JsonMapper.builder().build().readTree(ended.out()).get("kernels");
        assertThat(kernels.size()).isEqualTo(25);
        for (JsonNode kernel : kernels) {
            assertThat(kernel.get("seconds").asDouble()).isPositive();
            assertThat(kernel.get("share").asDouble()).isPositive();
            assertThat(kernel.get("ratio").asDouble())
                    .isCloseTo(
                            kernel.get("otherSeconds").asDouble()
                                    / kernel.get("seconds").asDouble(),
                            within(1e-9));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"step", "infer"})
    void benchmarksCompareDevices(String work) {
        Ended ended = beits(
                "benchmark",
                work,
                "--model",
                "tiny",
                "--batch",
                "1",
                "--repeats",
                "1",
                "--warmup",
                "0",
                "--vs",
                "cpu",
                "--json");
        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode result = JsonMapper.builder().build().readTree(ended.out());
        assertThat(result.get("parameters").asLong()).isGreaterThan(800_000);
        assertThat(result.get("seconds").asDouble()).isPositive();
        assertThat(result.get("otherSeconds").asDouble()).isPositive();
        assertThat(result.get("ratio").asDouble())
                .isCloseTo(
                        result.get("otherSeconds").asDouble()
                                / result.get("seconds").asDouble(),
                        within(1e-9));
        assertThat(result.get("kernels").size()).isPositive();
    }

    @Test
    void aTableIsMadeOfKeptResults() throws IOException {
        Path results = home.resolve("results.jsonl");
        Files.writeString(results, """
                {"command": "start", "date": "2026-11-25", "machine": "a machine", "result": {"helpSeconds": 0.4, \
                "helpSecondsLow": 0.3, "helpSecondsHigh": 0.5, "firstStepSeconds": 2.5, "firstStepSecondsLow": 2, \
                "firstStepSecondsHigh": 3}}
                """);
        Ended ended = beits("benchmark", "table", results.toString(), "--only", "nothing");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .startsWith("Measured on a machine, 2026-11-25.")
                .contains("| ./beits --help | **0.40 s** (0.30 to 0.50) |  |  | at most 0.5 s | met |")
                .contains("**2.50 s** (2.00 to 3.00) |  |  | at most 2.0 s | **missed** |");
        Files.writeString(results, "{}\n");
        Ended broken = beits("benchmark", "table", results.toString(), "--only", "nothing");
        assertThat(broken.code()).isEqualTo(2);
        assertThat(broken.err()).contains("results.jsonl:1:").hasLineCount(1);
    }
}
