package beits.device.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import beits.device.Device;
import beits.device.DeviceException;
import beits.device.Devices;
import beits.device.Executable;
import beits.kernel.AdamW;
import beits.kernel.AveragePool;
import beits.kernel.BatchNorm;
import beits.kernel.BatchNormInference;
import beits.kernel.CrossEntropy;
import beits.kernel.GradientNorm;
import beits.kernel.ImageToColumns;
import beits.kernel.Kernel;
import beits.kernel.LayerNorm;
import beits.kernel.RelativePositionBias;
import beits.kernel.Scale;
import beits.kernel.Unary;
import beits.kernel.UnaryFunction;
import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleNearest;
import beits.kernel.Window;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The device against closed forms, and what it refuses. */
class ReferenceDeviceTest {
    private static final Offset<Double> EXACT = within(1e-12);

    private static Slot slot(Arena arena, long offset, int... extents) {
        return new Slot(arena, offset, Shape.of(extents));
    }

    private static Slot activation(long offset, int... extents) {
        return slot(Arena.ACTIVATIONS, offset, extents);
    }

    private static Program program(Kernel... kernels) {
        return new Program("test", List.of(new Section("section", List.of(kernels))));
    }

    private static Executable run(Kernel kernel, Map<Slot, double[]> values) {
        Program program = program(kernel);
        Executable executable = new ReferenceDevice().compile(program);
        values.forEach(executable::write);
        executable.run(program);
        return executable;
    }

    @Test
    void gelu() {
        Slot x = activation(0, 5);
        // x·Φ(x) with Φ(1) = 0.841344746068542949, Φ(−3) = 0.00134989803163009453, Φ(−10) = 7.61985302416052607e-24
        try (Executable e =
                run(new Unary(UnaryFunction.GELU, x, activation(16, 5)), Map.of(x, new double[] {0, 1, -1, -3, -10}))) {
            double[] y = e.readDoubles(activation(16, 5));
            assertThat(y[0]).isZero();
            assertThat(y[1]).isCloseTo(0.841344746068542949, EXACT);
            assertThat(y[2]).isCloseTo(-0.158655253931457051, EXACT);
            assertThat(y[3]).isCloseTo(-3 * 0.00134989803163009453, within(1e-15));
            assertThat(y[4]).isCloseTo(-7.61985302416052607e-23, within(1e-34));
        }
    }

    @Test
    void layerNormGivesMeanBetaAndDeviationGamma() {
        Slot x = activation(0, 2, 4);
        Slot gamma = activation(16, 4);
        Slot beta = activation(32, 4);
        Slot y = activation(48, 2, 4);
        Slot mean = activation(64, 2);
        Slot rstd = activation(80, 2);
        try (Executable e = run(
                new LayerNorm(x, gamma, beta, y, mean, rstd, 0),
                Map.of(
                        x, new double[] {1, 3, 5, 7, -2, -2, 2, 2},
                        gamma, new double[] {1, 1, 1, 2},
                        beta, new double[] {0, 0, 10, 0}))) {
            double deviation = Math.sqrt(5);
            assertThat(e.readDoubles(y))
                    .containsExactly(
                            new double[] {
                                -3 / deviation, -1 / deviation, 10 + 1 / deviation, 6 / deviation, -1, -1, 11, 2
                            },
                            EXACT);
            assertThat(e.readDoubles(mean)).containsExactly(new double[] {4, 0}, EXACT);
            assertThat(e.readDoubles(rstd)).containsExactly(new double[] {1 / deviation, 0.5}, EXACT);
        }
    }

    @Test
    void batchNormKeepsTheUnbiasedVariance() {
        Slot x = activation(0, 4, 1);
        Slot one = activation(16, 1);
        Slot zero = activation(32, 1);
        Slot y = activation(48, 4, 1);
        Slot runningMean = slot(Arena.STATE, 0, 1);
        Slot runningVariance = slot(Arena.STATE, 16, 1);
        Map<Slot, double[]> values = Map.of(
                x,
                new double[] {1, 3, 5, 7},
                one,
                new double[] {1},
                zero,
                new double[] {0},
                runningMean,
                new double[] {10},
                runningVariance,
                new double[] {1});
        try (Executable e = run(
                new BatchNorm(
                        x, one, zero, y, activation(64, 1), activation(80, 1), runningMean, runningVariance, 0.1, 0),
                values)) {
            double deviation = Math.sqrt(5);
            assertThat(e.readDoubles(y))
                    .containsExactly(
                            new double[] {-3 / deviation, -1 / deviation, 1 / deviation, 3 / deviation}, EXACT);
            assertThat(e.readDoubles(runningMean)[0]).isCloseTo(0.9 * 10 + 0.1 * 4, EXACT);
            assertThat(e.readDoubles(runningVariance)[0]).isCloseTo(0.9 + 0.1 * 20 / 3, EXACT);
        }
        try (Executable e = run(new BatchNormInference(x, one, zero, runningMean, runningVariance, y, 3), values)) {
            assertThat(e.readDoubles(y)).containsExactly(new double[] {-4.5, -3.5, -2.5, -1.5}, EXACT);
        }
    }

    @Test
    void bilinearResizing() {
        Slot x = activation(0, 1, 1, 2, 1);
        Slot y = activation(16, 1, 1, 4, 1);
        Map<Slot, double[]> values = Map.of(x, new double[] {0, 12});
        try (Executable e = run(new UpsampleBilinear(x, y, false), values)) {
            assertThat(e.readDoubles(y)).containsExactly(new double[] {0, 3, 9, 12}, EXACT);
        }
        try (Executable e = run(new UpsampleBilinear(x, y, true), values)) {
            assertThat(e.readDoubles(y)).containsExactly(new double[] {0, 4, 8, 12}, EXACT);
        }
    }

    @Test
    void adaptivePoolingOverlapsWhereSizesDoNotDivide() {
        Slot x = activation(0, 1, 1, 5, 1);
        Slot y = activation(16, 1, 1, 3, 1);
        try (Executable e = run(new AveragePool(x, y), Map.of(x, new double[] {1, 3, 5, 7, 12}))) {
            assertThat(e.readDoubles(y)).containsExactly(new double[] {2, 5, 9.5}, EXACT);
        }
    }

    /** Forward and backward share their loops, so a gradient check alone would not see a wrong weight or place. */
    @Test
    void bothAxesOfAPictureCount() {
        Slot x = activation(0, 1, 2, 2, 1);
        Slot large = activation(16, 1, 3, 3, 1);
        Map<Slot, double[]> values = Map.of(x, new double[] {0, 1, 2, 5});
        try (Executable e = run(new UpsampleBilinear(x, large, true), values)) {
            assertThat(e.readDoubles(large)).containsExactly(new double[] {0, 0.5, 1, 1, 2, 3, 2, 3.5, 5}, EXACT);
        }
        Slot twice = activation(16, 1, 4, 4, 1);
        try (Executable e = run(new UpsampleNearest(x, twice, 2), values)) {
            assertThat(e.readDoubles(twice)).containsExactly(0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 5, 5, 2, 2, 5, 5);
        }
        Slot mean = activation(16, 1, 2, 1, 1);
        try (Executable e = run(new AveragePool(x, mean), values)) {
            assertThat(e.readDoubles(mean)).containsExactly(new double[] {0.5, 3.5}, EXACT);
        }
        Window window = new Window(1, 1, 2, 2, 2, 2, 2, 1);
        Slot columns = activation(16, 4, 4);
        try (Executable e = run(new ImageToColumns(x, columns, window, false), values)) {
            assertThat(e.readDoubles(columns)).containsExactly(0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 5, 0, 0, 0);
        }
    }

    @Test
    void unfoldedColumnsGoByChannelThenPlace() {
        Slot x = activation(0, 1, 1, 2, 2);
        Slot columns = activation(16, 1, 4);
        Window window = new Window(1, 2, 1, 2, 1, 2, 1, 0);
        Map<Slot, double[]> values = Map.of(x, new double[] {1, 2, 3, 4});
        try (Executable e = run(new ImageToColumns(x, columns, window, false), values)) {
            assertThat(e.readDoubles(columns)).containsExactly(1, 3, 2, 4);
        }
        try (Executable e = run(new ImageToColumns(x, columns, window, true), values)) {
            assertThat(e.readDoubles(columns)).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void relativePositionsOfTheOfficialIndex() {
        Slot table = activation(0, 12, 1);
        Slot bias = activation(16, 1, 5, 5);
        double[] rows = DoubleStream.iterate(0, i -> i + 1).limit(12).toArray();
        try (Executable e = run(new RelativePositionBias(table, bias, 2, 2), Map.of(table, rows))) {
            assertThat(e.readDoubles(bias))
                    .containsExactly(
                            11, 9, 9, 9, 9, //
                            10, 4, 3, 1, 0, //
                            10, 5, 4, 2, 1, //
                            10, 7, 6, 4, 3, //
                            10, 8, 7, 5, 4);
        }
    }

    @Test
    void crossEntropyOfEqualLogitsIsTheLogarithmOfTheirNumber() {
        Slot logits = activation(0, 3, 4);
        Slot labels = slot(Arena.INDEXES, 0, 3);
        Slot count = slot(Arena.INDEXES, 16, 1);
        Slot loss = activation(32, 1);
        Slot hits = activation(48, 1);
        Program program = program(new CrossEntropy(logits, labels, count, 0.1, activation(64, 3, 2), loss, hits));
        try (Executable e = new ReferenceDevice().compile(program)) {
            e.write(labels, new int[] {0, 2, -1});
            e.write(count, new int[] {2});
            e.run(program);
            assertThat(e.readDoubles(loss)[0]).isCloseTo(Math.log(4), EXACT);
            assertThat(e.readDoubles(hits)[0]).isEqualTo(1);
            e.write(count, new int[] {3});
            e.run(program);
            assertThat(e.readDoubles(loss)[0]).isCloseTo(Math.log(4) * 2 / 3, EXACT);
            e.write(count, new int[] {0});
            e.run(program);
            assertThat(e.readDoubles(loss)[0]).isZero();
        }
    }

    @Test
    void adamWFollowsItsRecurrence() {
        Slot p = slot(Arena.PARAMETERS, 0, 3);
        Slot g = slot(Arena.GRADIENTS, 0, 3);
        Slot rates = slot(Arena.INPUTS, 0, 4);
        Slot norm = activation(0, 1);
        AdamW adamW = new AdamW(
                p,
                g,
                slot(Arena.MOMENT1, 0, 3),
                slot(Arena.MOMENT2, 0, 3),
                rates,
                norm,
                1.5,
                0.9,
                0.99,
                1e-8,
                List.of(new AdamW.Slice(0, 1, 0.5, true), new AdamW.Slice(2, 1, 1, false)));
        Program program = program(new GradientNorm(g, norm), adamW);
        double[] decayed = {0.8, 0, 0};
        double[] plain = {-0.3, 0, 0};
        try (Executable e = new ReferenceDevice().compile(program)) {
            e.write(p, new double[] {0.8, 5, -0.3});
            for (int t = 1; t <= 4; t++) {
                e.write(g, new double[] {t, 2, -2});
                e.write(rates, new double[] {0.1, 0.05, 1 - Math.pow(0.9, t), 1 - Math.pow(0.99, t)});
                e.run(program);
                double length = Math.sqrt(t * t + 8);
                assertThat(e.readDoubles(norm)[0]).isCloseTo(length, EXACT);
                double clip = Math.min(1, 1.5 / (length + 1e-6));
                decayed[0] *= 1 - 0.1 * 0.5 * 0.05;
                adam(decayed, clip * t, 0.1 * 0.5, t);
                adam(plain, clip * -2, 0.1, t);
                assertThat(e.readDoubles(p)).containsExactly(new double[] {decayed[0], 5, plain[0]}, EXACT);
            }
        }
    }

    /** Kingma and Ba, algorithm 1, with state [parameter, m, v]. */
    private static void adam(double[] state, double gradient, double rate, int t) {
        state[1] = 0.9 * state[1] + 0.1 * gradient;
        state[2] = 0.99 * state[2] + 0.01 * gradient * gradient;
        double first = state[1] / (1 - Math.pow(0.9, t));
        double second = state[2] / (1 - Math.pow(0.99, t));
        state[0] -= rate * first / (Math.sqrt(second) + 1e-8);
    }

    @Test
    void programsShareTheirArenas() {
        Slot x = activation(0, 3);
        Slot y = activation(100, 3);
        Program first = program(new Scale(x, x, 2));
        Program second = program(new Scale(x, y, 10));
        try (Executable e = new ReferenceDevice().compile(first, second)) {
            e.write(x, new float[] {1, 2, 3});
            e.run(first);
            e.run(second);
            assertThat(e.readFloats(y)).containsExactly(20, 40, 60);
            assertThat(e.memory()).isEqualTo(103 * Double.BYTES);
        }
    }

    @Test
    void mirrorsOfTheParametersAreOfOneSize() {
        Program program = program(
                new Scale(slot(Arena.PARAMETERS, 0, 3), slot(Arena.GRADIENTS, 0, 3), 2),
                new Scale(slot(Arena.PARAMETERS, 16, 7), activation(0, 7), 2));
        try (Executable e = new ReferenceDevice().compile(program)) {
            assertThat(e.readDoubles(slot(Arena.GRADIENTS, 16, 7))).hasSize(7).containsOnly(0);
        }
    }

    @Test
    void everyKernelIsHeard() {
        Slot x = activation(0, 3);
        Program program = program(new Scale(x, x, 2), new Scale(x, x, 3));
        List<Kernel> heard = new ArrayList<>();
        try (Executable e = new ReferenceDevice().compile(program)) {
            e.run(program, (section, kernel, nanoseconds) -> {
                assertThat(section.name()).isEqualTo("section");
                assertThat(nanoseconds).isNotNegative();
                heard.add(kernel);
            });
        }
        assertThat(heard).isEqualTo(program.kernels());
    }

    @Test
    void refusesWhatDoesNotFit() {
        Slot x = activation(0, 3);
        Program program = program(new Scale(x, x, 2));
        Executable e = new ReferenceDevice().compile(program);
        assertThatThrownBy(() -> e.write(x, new float[2])).hasMessage("activations@0[3] takes 3 values, not 2");
        assertThatThrownBy(() -> e.write(x, new double[4])).hasMessageContaining("takes 3 values, not 4");
        assertThatThrownBy(() -> e.write(x, new int[3])).hasMessage("activations@0[3] holds floats, not integers");
        assertThatThrownBy(() -> e.readInts(x)).hasMessageContaining("holds floats");
        assertThatThrownBy(() -> e.readFloats(activation(1, 3)))
                .hasMessageContaining("lies outside the compiled arena of 3 elements");
        assertThatThrownBy(() -> e.write(slot(Arena.INPUTS, 0, 1), new float[1]))
                .hasMessageContaining("lies outside the compiled arena of 0 elements");
        assertThatThrownBy(() -> e.run(program(new Scale(x, x, 3))))
                .hasMessageContaining("is not among the compiled programs");
        e.close();
        assertThatThrownBy(() -> e.run(program)).hasMessage("this executable is closed");
    }

    @Test
    void refusesArenasBeyondTheHeap() {
        Slot x = activation(1L << 33, 3);
        try (Device device = new ReferenceDevice()) {
            assertThatThrownBy(() -> device.compile(program(new Scale(x, x, 2))))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContainingAll("do not fit the Java heap", "ACTIVATIONS", "-Xmx");
        }
    }

    @Test
    void isFoundByName() {
        try (Device device = Devices.open("reference")) {
            assertThat(device.description().precision()).isEqualTo(64);
        }
        assertThatThrownBy(() -> Devices.open("reference:1")).hasMessageContaining("there is only one");
        assertThatThrownBy(() -> Devices.open("gpu")).hasMessageContaining("device gpu: unknown; use cpu");
    }
}
