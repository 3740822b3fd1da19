package beits.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table from results that were made up. */
class TargetTableTest {
    private static final String STEP = "step --model base --batch 4 --peer libtorch";
    private static final String PRODUCTS = "kernels --only MatMul --threads 1 --peer openblas";

    private static String table(String command, String result) {
        Map<String, JsonNode> results = new HashMap<>();
        results.put(command, JsonMapper.shared().readTree(result));
        assertThat(TargetTable.commands()).contains(command);
        return TargetTable.markdown(results);
    }

    @Test
    void aStepIsJudgedByItsRatioAndItsMemory() {
        String table = table(STEP, """
                {"seconds": 1.5, "imagesPerSecond": 2.667, "peakResident": 3000000000, "other": "LibTorch, fused",
                 "otherSeconds": 1.8, "otherImagesPerSecond": 2.222, "otherPeakResident": 4000000000,
                 "ratio": 1.2, "ratioLow": 1.18, "ratioHigh": 1.23}
                """);
        assertThat(table)
                .contains(
                        "`" + STEP + "`",
                        "1500 ms, 2.667 images/s | 1800 ms, 2.222 images/s, LibTorch, fused | **1.20x** (1.18 to 1.23) | 1.15x | met |",
                        "3.00 GB | 4.00 GB | **0.75x** | at most 0.7x | **missed** |");
    }

    @Test
    void oneSlowProductMissesTheTarget() {
        String kernel = "{\"kernel\": \"%s\", \"share\": %s, \"other\": \"OpenBLAS\", \"ratio\": %s}";
        String table = table(
                PRODUCTS,
                "{\"peakFlops\": 2e11, \"kernels\": [%s, %s, %s, %s]}"
                        .formatted(
                                kernel.formatted("qkv: MatMulNT 8x8x8", 0.95, 1.1),
                                kernel.formatted("qkv: MatMulNN 8x8x8", 0.93, 1.2),
                                kernel.formatted("qkv: MatMulTN 8x8x8", 0.92, 0.9),
                                kernel.formatted("head scores: MatMulNT 8x8x8", 0.1, 0.1)));
        assertThat(table)
                .contains(
                        "**0.93** median, lowest 0.92 | 200 GFLOP/s |  | all at least 0.90 | met |",
                        "**1.10x** median, 0.90 lowest, 1.20 highest | median 1.03x, none below 0.98x | **missed** |");
    }

    @Test
    void commandsWithoutResultAreLeftOut() {
        assertThat(TargetTable.markdown(Map.of())).hasLineCount(2);
    }
}
