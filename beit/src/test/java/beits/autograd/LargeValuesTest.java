package beits.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients of the losses for logits whose float32 neighbours are far apart. */
class LargeValuesTest {
    private static final int ROWS = 5;
    private static final int CLASSES = 37;

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1000", "1, -1000", "100, 0", "10000, 0", "1, 1000000"})
    void gradientOfLargeLogits(double factor, double offset) {
        float[] logits = floats(u -> factor * u + offset);
        float[] targets = floats(u -> (1 + u) / CLASSES);
        double[] expected = gradients("reference", logits, targets);
        double[] actual = gradients("cpu", logits, targets);
        assertThat(actual).containsExactly(expected, Offset.offset(3e-7));
    }

    private static float[] floats(DoubleUnaryOperator of) {
        SplittableRandom random = new SplittableRandom(5);
        float[] values = new float[ROWS * CLASSES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) of.applyAsDouble(2 * random.nextDouble() - 1);
        }
        return values;
    }

    /** Gradients of both losses, one after the other. */
    private static double[] gradients(String deviceName, float[] logits, float[] targets) {
        Layout layout = new Layout();
        Parameter hard = layout.parameter("hard", Initialiser.ZEROS, ROWS, CLASSES);
        Parameter soft = layout.parameter("soft", Initialiser.ZEROS, ROWS, CLASSES);
        Slot labels = layout.indexes(ROWS);
        Slot shares = layout.input(ROWS, CLASSES);
        Graph graph = new Graph("losses", true);
        Tensor sum = Elements.add(
                Losses.crossEntropy(graph.parameter(hard), labels, null, 0.1).loss(),
                Losses.softCrossEntropy(graph.parameter(soft), graph.constant(shares))
                        .loss());
        graph.backward(sum, 1, false);
        Program program = graph.build();
        try (Device device = Devices.open(deviceName);
                Executable executable = device.compile(program)) {
            executable.write(hard.slot(), logits);
            executable.write(soft.slot(), logits);
            executable.write(shares, targets);
            executable.write(labels, new int[] {0, 36, 7, 7, 20});
            executable.run(program);
            double[] gradients =
                    Arrays.copyOf(executable.readDoubles(hard.slot().in(Arena.GRADIENTS)), 2 * logits.length);
            System.arraycopy(
                    executable.readDoubles(soft.slot().in(Arena.GRADIENTS)),
                    0,
                    gradients,
                    logits.length,
                    logits.length);
            return gradients;
        }
    }
}
