package beits.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is packed, and that nothing around it is touched: the memory beside a panel belongs to other threads. */
class PackingTest {
    private static final int AT = 40;
    private static final int STRIDE = 53;
    private static final float GUARD = -7;

    private final float[] source = new float[80 * STRIDE];
    private final MemorySegment segment = Arena.ofAuto().allocate(4L * source.length, 64);

    PackingTest() {
        for (int i = 0; i < source.length; i++) {
            source[i] = i;
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
        }
    }

    /** Width of a panel, columns or rows that there are, length. */
    static Stream<Arguments> panels() {
        return Stream.of(1, 2, 4, 6, 8, 12, 16, 32)
                .flatMap(width -> Stream.of(width, Math.max(1, width - 1), (width + 1) / 2)
                        .distinct()
                        .flatMap(present ->
                                Stream.of(1, 2, 3, 4, 7, 16, 19, 50).map(k -> Arguments.of(width, present, k))));
    }

    private static float[] panel(int size) {
        float[] panel = new float[AT + size + 40];
        Arrays.fill(panel, GUARD);
        return panel;
    }

    private static void requireUntouched(float[] panel, int size) {
        assertThat(Arrays.copyOf(panel, AT)).containsOnly(GUARD);
        assertThat(Arrays.copyOfRange(panel, AT + size, panel.length)).containsOnly(GUARD);
    }

    @ParameterizedTest
    @MethodSource("panels")
    void columnsAsTheyLie(int width, int present, int k) {
        float[] expected = panel(k * width);
        for (int p = 0; p < k; p++) {
            for (int j = 0; j < width; j++) {
                expected[AT + p * width + j] = j < present ? source[3 + p * STRIDE + j] : 0;
            }
        }
        float[] panel = panel(k * width);
        Packing.columns(segment, 3, STRIDE, present, k, panel, AT, width);
        assertThat(panel).containsExactly(expected);
        float[] fromArray = panel(k * width);
        Packing.columns(source, 3, STRIDE, present, k, fromArray, AT, width);
        assertThat(fromArray).containsExactly(expected);
    }

    @ParameterizedTest
    @MethodSource("panels")
    void severalPanelsAtOnce(int width, int present, int k) {
        int size = 3 * k * width;
        float[] panel = panel(size);
        Packing.columns(segment, 0, STRIDE + 64L, 2 * width + present, Math.min(k, 30), panel, AT, width, width);
        int rows = Math.min(k, 30);
        for (int q = 0; q < 3; q++) {
            for (int p = 0; p < rows; p++) {
                for (int j = 0; j < (q < 2 ? width : present); j++) {
                    assertThat(panel[AT + (q * rows + p) * width + j])
                            .isEqualTo(source[p * (STRIDE + 64) + q * width + j]);
                }
            }
        }
        requireUntouched(panel, size);
    }

    @ParameterizedTest
    @MethodSource("panels")
    void rowsTransposed(int width, int present, int k) {
        if (width > Lanes.COUNT && width % Lanes.COUNT != 0) {
            return; // no kernel has such panels
        }
        float[] panel = panel(k * width);
        Packing.rows(segment, 5, STRIDE, present, k, panel, AT, width);
        for (int p = 0; p < k; p++) {
            for (int r = 0; r < present; r++) {
                assertThat(panel[AT + p * width + r]).isEqualTo(source[5 + r * STRIDE + p]);
            }
        }
        boolean whole = width % Lanes.COUNT == 0;
        if (whole || width == Lanes.COUNT / 4 * 3 || width == Lanes.COUNT / 2) {
            requireUntouched(panel, k * width);
        }
    }
}
