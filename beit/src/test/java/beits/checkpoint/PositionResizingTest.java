package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PositionResizingTest {
    private static final String SHARED = "rel_pos_bias.relative_position_bias_table";

    @ParameterizedTest
    @ValueSource(strings = {"rel_14_to_24", "rel_4_to_7", "rel_7_to_5_shrink", "rel_same_size"})
    void relativeTablesAgreeWithTheOfficialCode(String name) throws IOException {
        JsonNode config = Golden.json("posembed/" + name + "/case.json").get("config");
        Grid from = new Grid(config.get("src").asInt(), config.get("src").asInt());
        Grid to = new Grid(config.get("dst").asInt(), config.get("dst").asInt());
        NamedTensors inputs = Golden.tensors("posembed/" + name + "/inputs.safetensors");
        Golden.tensors("posembed/" + name + "/expected.safetensors").tensors().forEach((key, expected) -> {
            TensorData resized = PositionResizing.relative(inputs.get(inputs.has(key) ? key : SHARED), from, to);
            assertThat(resized.shape()).isEqualTo(expected.shape());
            assertThat(worst(resized, expected)).as(key).isLessThanOrEqualTo(2e-6);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"abs_14_to_24", "abs_7_to_4"})
    void absolutePositionsAgreeWithTheOfficialCode(String name) throws IOException {
        JsonNode config = Golden.json("posembed/" + name + "/case.json").get("config");
        Grid from = new Grid(config.get("src").asInt(), config.get("src").asInt());
        Grid to = new Grid(config.get("dst").asInt(), config.get("dst").asInt());
        TensorData resized = PositionResizing.absolute(
                Golden.tensors("posembed/" + name + "/inputs.safetensors").get("pos_embed"), from, to);
        TensorData expected =
                Golden.tensors("posembed/" + name + "/expected.safetensors").get("pos_embed");
        assertThat(resized.shape()).isEqualTo(expected.shape());
        assertThat(worst(resized, expected)).isLessThanOrEqualTo(1e-6);
    }

    @Test
    void theRatioIsTheOfficialOne() throws IOException {
        for (String name : new String[] {"rel_14_to_24", "rel_4_to_7", "rel_7_to_5_shrink"}) {
            JsonNode json = Golden.json("posembed/" + name + "/case.json");
            int terms = json.get("config").get("src").asInt() - 1;
            double q =
                    PositionResizing.ratio(terms, json.get("config").get("dst").asInt() - 1);
            assertThat(q).isCloseTo(json.get("scalars").get("q").asDouble(), within(1e-12));
            double[] offsets = PositionResizing.geometricOffsets(terms, q);
            JsonNode expected = json.get("scalars").get("source_positions");
            for (int i = 0; i < offsets.length; i++) {
                assertThat(offsets[i]).isCloseTo(expected.get(i).asDouble(), within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,2", "2,3", "3,2", "4,4", "5,3", "14,14"})
    void theIndexIsTheOfficialOne(int height, int width) throws IOException {
        TensorData expected = Golden.tensors("posembed/relative_position_index/expected.safetensors")
                .get("index/" + height + "x" + width);
        assertThat(PositionResizing.relativeIndex(new Grid(height, width)).sameBits(expected))
                .isTrue();
    }

    @Test
    void aNonSquareTableChangesEachAxisByItself() {
        Grid from = new Grid(3, 5);
        Grid to = new Grid(3, 8);
        float[] values = new float[from.relativeRows()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
        }
        float[] resized = PositionResizing.relative(TensorData.of(values, values.length, 1), from, to)
                .toFloats();
        double[][] weights = PositionResizing.relativeWeights(5, 8);
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 15; x++) {
                double expected = 0;
                for (int tap = 0; tap < 9; tap++) {
                    expected += weights[x][tap] * values[y * 9 + tap];
                }
                assertThat((double) resized[y * 15 + x]).isCloseTo(expected, within(1e-6));
            }
        }
        assertThat(Arrays.copyOfRange(resized, 75, 78)).containsExactly(values[45], values[46], values[47]);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,4", "4,1", "2,5", "5,2", "3,9"})
    void weightsOfEveryAxisKeepAConstant(int from, int to) {
        for (double[][] weights :
                new double[][][] {PositionResizing.relativeWeights(from, to), PositionResizing.cubicWeights(from, to)
                }) {
            for (double[] row : weights) {
                assertThat(Arrays.stream(row).sum()).isCloseTo(1, within(1e-12));
            }
        }
    }

    @Test
    void aCubicPassesThroughTheSplineUnchanged() {
        double[] points = {-4.75, -2.5, -1, 0, 1, 2.5, 4.75};
        double[] targets = {-4.7, -3, -0.3, 0.9, 2, 4.75};
        double[][] weights = PositionResizing.splineWeights(points, targets);
        for (int t = 0; t < targets.length; t++) {
            double value = 0;
            for (int i = 0; i < points.length; i++) {
                value += weights[t][i] * cubic(points[i]);
            }
            assertThat(value).isCloseTo(cubic(targets[t]), within(1e-10));
        }
    }

    private static double cubic(double x) {
        return 2 - x + 3 * x * x - 0.5 * x * x * x;
    }

    @Test
    void rowsThatBelongToNoSquareGridAreNamed() {
        assertThat(Grid.ofRelativeRows(732)).isEqualTo(new Grid(14, 14));
        assertThat(Grid.ofRelativeRows(2212)).isEqualTo(new Grid(24, 24));
        assertThat(Grid.ofTokens(197)).isEqualTo(new Grid(14, 14));
        assertThatThrownBy(() -> Grid.ofRelativeRows(733)).hasMessageContaining("733 rows");
        assertThatThrownBy(() -> Grid.ofTokens(198)).hasMessageContaining("198 positions");
    }

    private static double worst(TensorData actual, TensorData expected) {
        double[] a = actual.toDoubles();
        double[] b = expected.toDoubles();
        double worst = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
        }
        return worst;
    }
}
