package beits.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.classification.ClassificationBatch;
import beits.classification.ClassificationObjective;
import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.mim.MimBatch;
import beits.mim.MimObjective;
import beits.model.BeitConfig;
import beits.model.ImageClassifier;
import beits.model.ImageClassifier.Pooling;
import beits.model.MaskedImageModel;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import beits.train.Objective;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole networks of shapes that no golden case has: their gradients against central differences in double precision, and what
 * the processor makes of them against the reference.
 */
class OddConfigurationsTest {
    private static final int BATCH = 2;
    private static final int CLASSES = 5;
    private static final double STEP = 1e-5;
    private static final int SAMPLES = 6;

    /** Height and width in patches, channels, width, depth, heads, then switches. */
    enum Odd {
        GRID_2X3_PLAIN(new BeitConfig(8, 12, 4, 3, 6, 1, 1, 2, false, false, false, false, 0, 0)),
        GRID_3X1_SHARED(new BeitConfig(6, 2, 2, 1, 7, 1, 1, 3, true, false, true, false, 0, 0)),
        GRID_1X1_ABSOLUTE(new BeitConfig(5, 5, 5, 2, 9, 2, 3, 1.5, true, true, false, false, 0.3, 0)),
        GRID_1X4_EVERYTHING(new BeitConfig(3, 12, 3, 3, 10, 3, 5, 2, true, true, true, true, 0.5, 0.4)),
        GRID_4X2_DROP_PATH(new BeitConfig(8, 4, 2, 3, 8, 4, 2, 4, false, false, false, true, 0, 0.6));

        private final BeitConfig network;

        Odd(BeitConfig network) {
            this.network = network;
        }
    }

    private interface Feed {
        void write(Executable executable);
    }

    /** A recorded step and how to give it its inputs. */
    private record Step(Layout layout, Program program, Slot loss, Feed feed) {
        static <B> Step of(Objective<B> objective, B batch) {
            Graph graph = new Graph("step", true);
            Objective.Recorded recorded = objective.record(graph);
            graph.output(recorded.loss());
            graph.backward(recorded.loss(), 1, false);
            Program program = graph.build();
            return new Step(
                    objective.layout(),
                    program,
                    graph.locate(recorded.loss()),
                    executable -> objective.feed(executable, batch, 3));
        }

        double run(Executable executable) {
            executable.run(program);
            return executable.readDoubles(loss)[0];
        }
    }

    private static float[] noise(int size, int index) {
        ProceduralValues values = new ProceduralValues(97);
        float[] result = new float[size];
        for (int j = 0; j < size; j++) {
            result[j] = values.unit(index, j);
        }
        return result;
    }

    private static float[] images(BeitConfig network) {
        return noise(BATCH * network.channels() * network.imageHeight() * network.imageWidth(), 1000);
    }

    private static Step pretraining(BeitConfig network) {
        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, network, CLASSES);
        boolean[] mask = new boolean[BATCH * network.patches()];
        int[] tokens = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % 3 != 1;
            tokens[i] = (7 * i + 2) % CLASSES;
        }
        return Step.of(
                new MimObjective(layout, model, BATCH, network.patches(), 5),
                new MimBatch(images(network), mask, tokens));
    }

    private static Step classification(BeitConfig network, Pooling pooling, boolean soft) {
        Layout layout = new Layout();
        ImageClassifier model = new ImageClassifier(layout, network, CLASSES, pooling, 1);
        float[] targets = {0.1f, 0.2f, 0.3f, 0.2f, 0.2f, 0.6f, 0, 0.1f, 0.3f, 0};
        return Step.of(
                new ClassificationObjective(layout, model, BATCH, soft, 0.1, 5),
                new ClassificationBatch(images(network), new int[] {3, 1}, soft ? targets : null));
    }

    private static Map<String, Step> steps(BeitConfig network) {
        Map<String, Step> steps = new LinkedHashMap<>();
        steps.put("pre-training", pretraining(network));
        steps.put("mean pooling", classification(network, Pooling.MEAN, true));
        steps.put("class token", classification(network, Pooling.CLASS_TOKEN, false));
        return steps;
    }

    private static void start(Step step, Executable executable) {
        int index = 0;
        for (Parameter parameter : step.layout.parameters()) {
            executable.write(
                    parameter.slot(), noise(Math.toIntExact(parameter.slot().size()), index++));
        }
        step.feed.write(executable);
    }

    @ParameterizedTest
    @EnumSource(Odd.class)
    void gradientsAreTheLimitOfDifferences(Odd odd) {
        steps(odd.network).forEach((name, step) -> {
            try (Device device = Devices.open("reference");
                    Executable executable = device.compile(step.program)) {
                start(step, executable);
                assertThat(step.run(executable)).as(name).isPositive().isFinite();
                Map<Parameter, double[]> gradients = new LinkedHashMap<>();
                double largest = 0;
                for (Parameter parameter : step.layout.parameters()) {
                    double[] gradient = executable.readDoubles(parameter.slot().in(Arena.GRADIENTS));
                    gradients.put(parameter, gradient);
                    for (double value : gradient) {
                        largest = Math.max(largest, Math.abs(value));
                    }
                }
                double scale = largest;
                gradients.forEach((parameter, gradient) -> {
                    Slot slot = parameter.slot();
                    double[] values = executable.readDoubles(slot);
                    for (int i = 0; i < values.length; i += Math.max(1, values.length / SAMPLES)) {
                        double original = values[i];
                        values[i] = original + STEP;
                        executable.write(slot, values);
                        double above = step.run(executable);
                        values[i] = original - STEP;
                        executable.write(slot, values);
                        double below = step.run(executable);
                        values[i] = original;
                        assertThat(Math.abs(gradient[i] - (above - below) / (2 * STEP)) / scale)
                                .as("%s: %s element %d: recorded %g", name, parameter.name(), i, gradient[i])
                                .isLessThan(1e-7);
                    }
                    executable.write(slot, values);
                });
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Odd.class)
    void theProcessorAgreesWithTheReference(Odd odd) {
        steps(odd.network).forEach((name, step) -> {
            try (Device cpu = Devices.open("cpu");
                    Device reference = Devices.open("reference");
                    Executable fast = cpu.compile(step.program);
                    Executable exact = reference.compile(step.program)) {
                start(step, fast);
                start(step, exact);
                double loss = step.run(exact);
                assertThat(Math.abs(step.run(fast) - loss) / loss).as(name).isLessThan(1e-5);
                double floor = 0;
                for (Parameter parameter : step.layout.parameters()) {
                    floor = Math.max(
                            floor, largest(exact.readDoubles(parameter.slot().in(Arena.GRADIENTS))));
                }
                for (Parameter parameter : step.layout.parameters()) {
                    Slot slot = parameter.slot().in(Arena.GRADIENTS);
                    double[] expected = exact.readDoubles(slot);
                    double[] actual = fast.readDoubles(slot);
                    double scale = Math.max(largest(expected), 1e-3 * floor);
                    for (int i = 0; i < actual.length; i++) {
                        assertThat(Math.abs(actual[i] - expected[i]) / scale)
                                .as("%s: %s element %d", name, parameter.name(), i)
                                .isLessThan(2e-5);
                    }
                }
            }
        });
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
