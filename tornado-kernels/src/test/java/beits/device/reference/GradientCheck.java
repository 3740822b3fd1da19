package beits.device.reference;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Executable;
import beits.kernel.Kernel;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/**
 * Compares backward kernels with central differences of L = Σ weight·output, where the weights are random and are given to the
 * backward kernels as the gradients of the outputs.
 */
final class GradientCheck {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 1e-6;

    private final SplittableRandom random = new SplittableRandom(20260);
    private final Map<Slot, double[]> values = new LinkedHashMap<>();
    private final Map<Slot, int[]> integers = new HashMap<>();
    private final Map<Slot, Slot> gradients = new LinkedHashMap<>();
    private final Map<Slot, Slot> weights = new LinkedHashMap<>();
    private final List<Kernel> forward = new ArrayList<>();
    private final List<Kernel> backward = new ArrayList<>();
    private long end;
    private long integersEnd;

    private Slot slot(int... extents) {
        Slot slot = new Slot(Arena.ACTIVATIONS, end, Shape.of(extents));
        end = Slot.align(slot.end());
        return slot;
    }

    /** A value that is only passed on, such as a statistic. */
    Slot scratch(int... extents) {
        return slot(extents);
    }

    /** An input uniform in (−1, 1) whose gradient is checked. */
    Slot input(int... extents) {
        return input(u -> u, extents);
    }

    Slot input(DoubleUnaryOperator of, int... extents) {
        Slot slot = constant(of, extents);
        gradients.put(slot, slot(extents));
        return slot;
    }

    /** An input without a gradient. */
    Slot constant(DoubleUnaryOperator of, int... extents) {
        Slot slot = slot(extents);
        values.put(slot, random.doubles(slot.size(), -1, 1).map(of).toArray());
        return slot;
    }

    Slot integers(int... given) {
        Slot slot = new Slot(Arena.INDEXES, integersEnd, Shape.of(given.length));
        integersEnd = Slot.align(slot.end());
        integers.put(slot, given);
        return slot;
    }

    /** An output that L depends on. */
    Slot output(int... extents) {
        Slot slot = slot(extents);
        weights.put(slot, slot(extents));
        return slot;
    }

    /** Where the gradient of an input or output lies. */
    Slot d(Slot of) {
        return Objects.requireNonNull(gradients.getOrDefault(of, weights.get(of)));
    }

    GradientCheck forward(Kernel... kernels) {
        forward.addAll(List.of(kernels));
        return this;
    }

    GradientCheck backward(Kernel... kernels) {
        backward.addAll(List.of(kernels));
        return this;
    }

    void check() {
        Program there = new Program("forward", List.of(new Section("forward", forward)));
        Program back = new Program("backward", List.of(new Section("backward", backward)));
        try (Executable executable = new ReferenceDevice().compile(there, back)) {
            values.forEach(executable::write);
            integers.forEach(executable::write);
            weights.forEach((output, weight) -> executable.write(
                    weight, random.doubles(weight.size(), -1, 1).toArray()));
            executable.run(there);
            executable.run(back);
            gradients.forEach((input, gradient) -> {
                double[] analytic = executable.readDoubles(gradient);
                double[] numeric = differences(executable, there, input);
                double scale = 1e-3;
                for (double value : numeric) {
                    scale = Math.max(scale, Math.abs(value));
                }
                for (int i = 0; i < numeric.length; i++) {
                    assertThat(analytic[i])
                            .as(
                                    "%s: gradient of element %d of %s",
                                    backward.getFirst().label(), i, input)
                            .isCloseTo(numeric[i], org.assertj.core.data.Offset.offset(TOLERANCE * scale));
                }
            });
        }
    }

    private double[] differences(Executable executable, Program there, Slot input) {
        double[] at = Objects.requireNonNull(values.get(input));
        double[] slopes = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            double[] moved = at.clone();
            moved[i] = at[i] + STEP;
            double above = loss(executable, there, input, moved);
            moved[i] = at[i] - STEP;
            double below = loss(executable, there, input, moved);
            slopes[i] = (above - below) / (2 * STEP);
        }
        executable.write(input, at);
        return slopes;
    }

    private double loss(Executable executable, Program there, Slot input, double[] moved) {
        executable.write(input, moved);
        executable.run(there);
        double sum = 0;
        for (Map.Entry<Slot, Slot> entry : weights.entrySet()) {
            double[] output = executable.readDoubles(entry.getKey());
            double[] weight = executable.readDoubles(entry.getValue());
            for (int i = 0; i < output.length; i++) {
                sum += weight[i] * output[i];
            }
        }
        return sum;
    }
}
