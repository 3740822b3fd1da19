package beits.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.program.Program;
import beits.tensor.Arena;
import beits.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class DiscreteVaeTrainingTest {
    private static final DiscreteVaeConfig TINY = new DiscreteVaeConfig(6, 1, 5, 3, 1, 4, 2);
    private static final int BATCH = 3;

    @Test
    void usageGradientAgreesWithCentralDifferences() {
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(layout, TINY);
        DiscreteVaeLoss loss = new DiscreteVaeLoss(false, false, 0.01, 0.7);
        DiscreteVaeLoss.Inputs inputs = DiscreteVaeLoss.Inputs.create(model, BATCH);
        Graph graph = new Graph("step", true);
        DiscreteVaeLoss.Recorded recorded = loss.record(graph, model, inputs);
        graph.output(recorded.loss());
        graph.backward(recorded.loss(), 1, false);
        Program program = graph.build();
        try (Device device = Devices.open("reference");
                Executable executable = device.compile(program)) {
            initialise(layout, executable);
            executable.write(inputs.pictures(), pictures(1));
            executable.write(inputs.inverseTemperature(), new double[] {1.5});
            executable.run(program);
            List<double[]> gradients = layout.parameters().stream()
                    .map(p -> executable.readDoubles(p.slot().in(Arena.GRADIENTS)))
                    .toList();
            double step = 1e-5;
            for (int p = 0; p < gradients.size(); p++) {
                Parameter parameter = layout.parameters().get(p);
                double[] values = executable.readDoubles(parameter.slot());
                for (int i = 0; i < values.length; i += 11) {
                    double original = values[i];
                    double[] ends = new double[2];
                    for (int end = 0; end < 2; end++) {
                        values[i] = original + (end == 0 ? -step : step);
                        executable.write(parameter.slot(), values);
                        executable.run(program);
                        ends[end] = executable.readDoubles(graph.locate(recorded.loss()))[0];
                    }
                    values[i] = original;
                    executable.write(parameter.slot(), values);
                    assertThat(gradients.get(p)[i])
                            .as("%s, element %d", parameter.name(), i)
                            .isCloseTo((ends[1] - ends[0]) / (2 * step), within(1e-7));
                }
            }
        }
    }

    @Test
    void usageIsTheDivergenceOfTheMeanDistributionInNats() {
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(layout, TINY);
        DiscreteVaeLoss.Inputs inputs = DiscreteVaeLoss.Inputs.create(model, BATCH);
        Graph graph = new Graph("step", true);
        DiscreteVaeLoss.Recorded recorded = new DiscreteVaeLoss(true, true, 0, 1).record(graph, model, inputs);
        assertThat(recorded.kl()).isNull();
        Tensor usage = Objects.requireNonNull(recorded.usage());
        graph.output(usage);
        Program program = graph.build();
        try (Device device = Devices.open("reference");
                Executable executable = device.compile(program)) {
            executable.write(inputs.inverseTemperature(), new double[] {1});
            executable.run(program);
            assertThat(executable.readDoubles(graph.locate(usage))[0]).isCloseTo(0, within(1e-8));

            executable.write(layout.parameter("encoder.3.bias").slot(), new double[] {0, 0, 50, 0, 0});
            executable.run(program);
            assertThat(executable.readDoubles(graph.locate(usage))[0]).isCloseTo(Math.log(5), within(1e-7));
        }
    }

    @Test
    void sameSeedGivesTheSameTrainingAndItLearns() {
        List<Double> first = train();

        assertThat(train()).isEqualTo(first);
        assertThat(first.getLast()).isLessThan(0.7 * first.getFirst());
    }

    private static List<Double> train() {
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(layout, TINY);
        int steps = 60;
        DiscreteVaeTraining objective = new DiscreteVaeTraining(
                model, new DiscreteVaeLoss(false, false, 0, 0.05), new TemperatureSchedule(1, 0.2, 40), BATCH, 9);
        Optimiser optimiser = new Optimiser(
                layout,
                new Optimiser.Settings(0.9, 0.99, 1e-8, 1, 0),
                ParameterGroup.of(layout.parameters(), LayerDecay.NONE, Set.of(), true));
        double[] rates = new double[steps];
        Arrays.fill(rates, 0.01);
        List<Double> losses = new ArrayList<>();
        try (Device device = Devices.open("reference");
                Trainer<float[]> trainer =
                        new Trainer<>(device, objective, optimiser, 2, rates, new double[steps], List.of())) {
            trainer.initialise(4);
            for (int step = 0; step < steps; step++) {
                Trainer.StepResult result = trainer.step(List.of(pictures(1), pictures(2)));
                assertThat(result.shares()).containsOnlyKeys("reconstruction", "usage");
                losses.add(result.loss());
            }
        }
        return losses;
    }

    @Test
    void hashFollowsTheWeights() {
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(layout, TINY);
        ImageTokenizer.Encoding encoding = model.recordEncoding(1);
        ImageTokenizer.Decoding decoding = model.recordDecoding(1);
        try (Device device = Devices.open("reference");
                Executable executable = device.compile(encoding.program(), decoding.program())) {
            initialise(layout, executable);
            String hash = model.hash(executable);
            assertThat(hash).hasSize(64).isEqualTo(model.hash(executable));

            Parameter last = layout.parameters().getLast();
            executable.write(last.slot(), new double[] {0.25});
            assertThat(model.hash(executable)).isNotEqualTo(hash);
        }
    }

    @Test
    void refusesPicturesThatDoNotHalve() {
        assertThatThrownBy(() -> new DiscreteVaeConfig(30, 1, 16, 8, 2, 8, 1))
                .hasMessage("imageSize = 30 must be a multiple of 2^layers = 4");
    }

    private static void initialise(Layout layout, Executable executable) {
        for (Parameter parameter : layout.parameters()) {
            int size = Math.toIntExact(parameter.slot().size());
            executable.write(parameter.slot(), parameter.initialiser().draw(size, 3, parameter.name()));
        }
    }

    private static float[] pictures(long seed) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        float[] pictures = new float[BATCH * 36];
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = (i / 36 + i / 18) % 2 + 0.2f * random.nextFloat() - 0.5f;
        }
        return pictures;
    }
}
