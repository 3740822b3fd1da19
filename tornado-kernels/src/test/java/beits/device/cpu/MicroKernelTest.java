package beits.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MicroKernelTest {

    static Stream<MicroKernel> kernels() {
        return Stream.of(new MicroKernel128(), new MicroKernel256(), new MicroKernel512());
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void theSourcesAreAsTheGeneratorWritesThem(int bits) throws IOException {
        Path source = Path.of("src/main/java/beits/device/cpu/MicroKernel" + bits + ".java");
        assertThat(Files.readString(source)).isEqualTo(MicroKernelGenerator.source(bits));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16})
    void theTranspositionsAreAsTheGeneratorWritesThem(int lanes) throws IOException {
        Path source = Path.of("src/main/java/beits/device/cpu/Transposition" + lanes + ".java");
        assertThat(Files.readString(source)).isEqualTo(MicroKernelGenerator.transposition(lanes));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void tilesOfEverySizeAgreeWithPlainLoops(MicroKernel kernel) {
        int k = 37;
        float[] a = random(1, kernel.rows() * MicroKernel.ROW_STRIDE);
        float[] b = random(2, kernel.columns() * k + 3);
        for (int rows = kernel.rowStep(); rows <= kernel.rows(); rows += kernel.rowStep()) {
            for (int columns : new int[] {kernel.columns() / 2, kernel.columns()}) {
                int stride = columns + 5;
                float[] packed = new float[rows * stride + 7];
                float[] plain = new float[rows * stride + 7];
                kernel.multiply(rows, columns, a, 1, b, 3, k, packed, 7, stride);
                kernel.multiplyRows(rows, columns, a, 1, b, 3, k, plain, 7, stride);
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        double fromPanel = 0;
                        double fromRows = 0;
                        for (int p = 0; p < k; p++) {
                            fromPanel += (double) a[1 + p * rows + i] * b[3 + p * columns + j];
                            fromRows += (double) a[1 + i * MicroKernel.ROW_STRIDE + p] * b[3 + p * columns + j];
                        }
                        assertThat((double) packed[7 + i * stride + j]).isCloseTo(fromPanel, within(1e-5));
                        assertThat((double) plain[7 + i * stride + j]).isCloseTo(fromRows, within(1e-5));
                    }
                }
            }
        }
    }

    private static float[] random(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }
}
