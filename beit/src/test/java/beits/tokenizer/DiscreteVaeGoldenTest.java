package beits.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.DeviceProvider;
import beits.device.Devices;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class DiscreteVaeGoldenTest {
    static List<Arguments> casesAndDevices() {
        List<Arguments> all = new ArrayList<>();
        for (String name : List.of("mse_soft", "smooth_l1_kl", "straight_through_kl")) {
            for (DeviceProvider family : Devices.families()) {
                family.list().forEach(device -> all.add(Arguments.of(name, device.name(), device.precision())));
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("casesAndDevices")
    void trainingStepAgreesWithTheOfficialCode(String name, String deviceName, int precision) {
        GoldenCase golden = GoldenCase.read("dvae_train/" + name);
        JsonNode config = golden.config();
        int batch = config.get("batch").asInt();
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(
                layout,
                new DiscreteVaeConfig(
                        config.get("image_size").asInt(),
                        3,
                        config.get("num_tokens").asInt(),
                        config.get("codebook_dim").asInt(),
                        config.get("num_layers").asInt(),
                        config.get("hidden_dim").asInt(),
                        1));
        DiscreteVaeLoss objective = new DiscreteVaeLoss(
                config.get("smooth_l1_loss").asBoolean(),
                config.get("straight_through").asBoolean(),
                config.get("kl_div_loss_weight").asDouble(),
                0);
        Graph graph = new Graph("step", true);
        DiscreteVaeLoss.Inputs inputs = DiscreteVaeLoss.Inputs.create(model, batch);
        DiscreteVaeLoss.Recorded recorded = objective.record(graph, model, inputs);
        List.of(
                        recorded.logits(),
                        recorded.soft(),
                        recorded.reconstruction(),
                        recorded.reconstructionLoss(),
                        recorded.loss())
                .forEach(graph::output);
        graph.backward(recorded.loss(), 1, false);
        Program step = graph.build();
        ImageTokenizer.Encoding encoding = model.recordEncoding(batch);
        ImageTokenizer.Decoding decoding = model.recordDecoding(batch);
        double forward = precision == 64 ? 2e-7 : 2e-5;
        double backward = precision == 64 ? 2e-7 : 1e-4;

        try (Device device = Devices.open(deviceName);
                Executable executable = device.compile(step, encoding.program(), decoding.program())) {
            golden.load(layout, executable);
            double[] pictures = golden.input("images").values();
            executable.write(inputs.pictures(), pictures);
            executable.write(
                    inputs.noise(), golden.input("gumbel_noise").channelsLast().values());
            executable.write(
                    inputs.inverseTemperature(),
                    new double[] {1 / config.get("temperature").asDouble()});
            executable.run(step);

            Map<String, GoldenCase.Values> expected = golden.expected();
            Map<String, Tensor> maps = Map.of("logits", recorded.logits(), "soft_one_hot", recorded.soft());
            double largest = largest(expected, false);
            maps.forEach((key, tensor) -> GoldenCase.assertClose(
                    key,
                    executable.readDoubles(graph.locate(tensor)),
                    golden.expected(key).channelsLast(),
                    largest,
                    forward));
            GoldenCase.assertClose(
                    "reconstruction",
                    executable.readDoubles(graph.locate(recorded.reconstruction())),
                    golden.expected("reconstruction"),
                    largest,
                    forward);
            double loss = golden.scalars().get("loss").asDouble();
            double reconstructionLoss = golden.scalars().get("recon_loss").asDouble();
            double tolerance = precision == 64 ? 1e-12 : 1e-5;
            assertThat(executable.readDoubles(graph.locate(recorded.loss()))[0])
                    .isCloseTo(loss, within(tolerance * loss));
            assertThat(executable.readDoubles(graph.locate(recorded.reconstructionLoss()))[0])
                    .isCloseTo(reconstructionLoss, within(tolerance * reconstructionLoss));
            double largestGradient = largest(expected, true);
            for (Parameter parameter : layout.parameters()) {
                GoldenCase.assertClose(
                        "grad/" + parameter.name(),
                        executable.readDoubles(parameter.slot().in(Arena.GRADIENTS)),
                        golden.expected("grad/" + parameter.name()),
                        largestGradient,
                        backward);
            }

            executable.write(encoding.pictures(), pictures);
            executable.run(encoding.program());
            int[] tokens = executable.readInts(encoding.tokens());
            assertThat(tokens).isEqualTo(golden.expected("codebook_indices").integers());
            executable.write(decoding.tokens(), tokens);
            executable.run(decoding.program());
            GoldenCase.assertClose(
                    "decode_of_indices",
                    executable.readDoubles(decoding.pictures()),
                    golden.expected("decode_of_indices"),
                    largest,
                    forward);
        }
    }

    private static double largest(Map<String, GoldenCase.Values> tensors, boolean gradients) {
        return tensors.entrySet().stream()
                .filter(e -> e.getKey().startsWith("grad/") == gradients
                        && !e.getKey().equals("codebook_indices"))
                .mapToDouble(e -> e.getValue().largest())
                .max()
                .orElse(0);
    }
}
