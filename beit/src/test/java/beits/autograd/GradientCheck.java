package beits.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.kernel.Distance;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Compares the recorded gradient of an expression with central differences on the double-precision device. The expression's
 * result y becomes a scalar as the mean squared distance from random targets.
 */
final class GradientCheck {
    private static final double STEP = 1e-5;

    private final Layout layout = new Layout();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Feed> inputs = new ArrayList<>();
    private final UniformRandomProvider random;

    @FunctionalInterface
    private interface Feed {
        void write(Executable executable);
    }

    GradientCheck(long seed) {
        random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    }

    Parameter parameter(int... extents) {
        Parameter parameter = layout.parameter("p" + parameters.size(), Initialiser.ZEROS, extents);
        parameters.add(parameter);
        return parameter;
    }

    Slot indexes(int... values) {
        Slot slot = layout.indexes(values.length);
        inputs.add(executable -> executable.write(slot, values));
        return slot;
    }

    Slot input(int... extents) {
        Slot slot = layout.input(extents);
        double[] values = uniform(Math.toIntExact(slot.size()));
        inputs.add(executable -> executable.write(slot, values));
        return slot;
    }

    private double[] uniform(int size) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextDouble() - 1;
        }
        return values;
    }

    /** Checks {@code y = expression(graph, parameters)}. */
    void check(BiFunction<Graph, List<Tensor>, Tensor> expression, double tolerance) {
        checkLoss(
                (graph, tensors) -> {
                    Tensor y = expression.apply(graph, tensors);
                    return Losses.regression(
                            Distance.SQUARED, y, graph.constant(input(y.shape().extents())));
                },
                tolerance);
    }

    /** Checks an expression that is a scalar already. */
    void checkLoss(BiFunction<Graph, List<Tensor>, Tensor> expression, double tolerance) {
        Graph graph = new Graph("check", true);
        Tensor loss = graph.output(expression.apply(
                graph, parameters.stream().map(graph::parameter).toList()));
        graph.backward(loss, 1, false);
        assertThat(graph.trained()).containsAll(parameters);
        Program program = graph.build();
        Slot lossSlot = graph.locate(loss);
        try (Device device = Devices.open("reference");
                Executable executable = device.compile(program)) {
            for (Parameter parameter : parameters) {
                executable.write(
                        parameter.slot(),
                        uniform(Math.toIntExact(parameter.slot().size())));
            }
            inputs.forEach(input -> input.write(executable));
            executable.run(program);
            List<double[]> gradients = parameters.stream()
                    .map(p -> executable.readDoubles(p.slot().in(Arena.GRADIENTS)))
                    .toList();
            double largest = gradients.stream()
                    .flatMapToDouble(java.util.Arrays::stream)
                    .map(Math::abs)
                    .max()
                    .orElse(0);
            assertThat(largest).isGreaterThan(0);
            for (int p = 0; p < parameters.size(); p++) {
                Slot slot = parameters.get(p).slot();
                double[] values = executable.readDoubles(slot);
                for (int i = 0; i < values.length; i++) {
                    double original = values[i];
                    values[i] = original + STEP;
                    double above = loss(executable, program, slot, values, lossSlot);
                    values[i] = original - STEP;
                    double below = loss(executable, program, slot, values, lossSlot);
                    values[i] = original;
                    double numeric = (above - below) / (2 * STEP);
                    assertThat(Math.abs(gradients.get(p)[i] - numeric) / largest)
                            .as(
                                    "parameter %d %s, element %d: recorded %g, central difference %g",
                                    p, slot.shape(), i, gradients.get(p)[i], numeric)
                            .isLessThan(tolerance);
                }
                executable.write(slot, values);
            }
        }
    }

    private static double loss(Executable executable, Program program, Slot slot, double[] values, Slot lossSlot) {
        executable.write(slot, values);
        executable.run(program);
        return executable.readDoubles(lossSlot)[0];
    }
}
