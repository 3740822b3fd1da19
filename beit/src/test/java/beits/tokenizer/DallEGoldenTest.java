package beits.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceProvider;
import beits.device.Devices;
import beits.device.Executable;
import beits.program.Program;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class DallEGoldenTest {
    static List<DeviceDescription> devices() {
        return Devices.families().stream()
                .map(DeviceProvider::list)
                .flatMap(List::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void reducedModelAgreesWithTheOfficialCode(DeviceDescription description) {
        GoldenCase golden = GoldenCase.read("dalle/reduced");
        JsonNode config = golden.config();
        int batch = config.get("batch").asInt();
        Layout layout = new Layout();
        DallE model = new DallE(
                layout,
                new DallEConfig(
                        config.get("size").get(0).asInt(),
                        config.get("n_hid").asInt(),
                        config.get("n_init").asInt(),
                        config.get("n_blk_per_group").asInt(),
                        config.get("vocab_size").asInt()));
        ImageTokenizer.Encoding encoding = model.recordEncoding(batch);
        ImageTokenizer.Decoding decoding = model.recordDecoding(batch);
        Graph graph = new Graph("both ways", false);
        Tensor logits = graph.output(model.logits(graph.constant(encoding.pictures())));
        Tensor hard = graph.output(model.decoderOutput(model.embed(graph, decoding.tokens())));
        Tensor code = Tokens.oneHot(graph, decoding.tokens(), model.vocabulary())
                .reshape(logits.shape().extents());
        Tensor soft = graph.output(model.decoderOutput(model.embed(code)));
        Program both = graph.build();
        double allowed = description.precision() == 64 ? 2e-7 : 2e-5;
        double largest = golden.expected().entrySet().stream()
                .filter(e -> !e.getKey().equals("token_ids"))
                .mapToDouble(e -> e.getValue().largest())
                .max()
                .orElse(0);

        try (Device device = Devices.open(description.name());
                Executable executable = device.compile(both, encoding.program(), decoding.program())) {
            golden.load(layout, executable);
            int[] tokens = golden.expected("token_ids").integers();
            executable.write(
                    encoding.pictures(), golden.expected("mapped_pixels").values());
            executable.write(decoding.tokens(), tokens);
            executable.run(both);
            Map<String, Tensor> maps = new LinkedHashMap<>();
            maps.put("logits", logits);
            maps.put("decoder_output", hard);
            maps.put("decoder_output_soft_input", soft);
            maps.forEach((name, tensor) -> GoldenCase.assertClose(
                    name,
                    executable.readDoubles(graph.locate(tensor)),
                    golden.expected(name).channelsLast(),
                    largest,
                    allowed));

            executable.run(encoding.program());
            assertThat(executable.readInts(encoding.tokens())).isEqualTo(tokens);
            executable.run(decoding.program());
            double[] reconstruction = executable.readDoubles(decoding.pictures());
            for (int i = 0; i < reconstruction.length; i++) {
                reconstruction[i] = model.pixels().unmap(reconstruction[i]);
            }
            GoldenCase.assertClose(
                    "reconstruction", reconstruction, golden.expected("reconstruction"), largest, allowed);
        }
    }

    @Test
    void pixelsAreMappedLikeTheOfficialCode() {
        GoldenCase golden = GoldenCase.read("dalle/map_pixels");
        double[] there = golden.input("pixels01").values();
        double[] back = golden.input("mapped").values();
        for (int i = 0; i < there.length; i++) {
            there[i] = PixelMapping.DALL_E.map(there[i]);
            back[i] = PixelMapping.DALL_E.unmap(back[i]);
        }
        GoldenCase.assertClose("map_pixels", there, golden.expected("map_pixels"), 1, 2e-7);
        GoldenCase.assertClose("unmap_pixels", back, golden.expected("unmap_pixels"), 1, 2e-7);
    }

    @Test
    void fullSizeHasThePublishedParameters() {
        JsonNode lists =
                GoldenCase.json("dalle/full_size_parameter_list/case.json").get("scalars");
        Layout layout = new Layout();
        new DallE(layout, DallEConfig.FULL);
        for (String part : List.of("encoder", "decoder")) {
            Map<String, List<Integer>> published = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : lists.get(part).properties()) {
                published.put(
                        part + "." + entry.getKey(),
                        entry.getValue().valueStream().map(JsonNode::asInt).toList());
            }
            Map<String, List<Integer>> own = new LinkedHashMap<>();
            long total = 0;
            for (Parameter parameter : layout.parameters()) {
                if (parameter.name().startsWith(part)) {
                    own.put(
                            parameter.name(),
                            Arrays.stream(parameter.slot().shape().extents())
                                    .boxed()
                                    .toList());
                    total += parameter.slot().size();
                }
            }
            assertThat(own).isEqualTo(published);
            assertThat(total).isEqualTo(lists.get(part + "_total").asLong());
        }
        assertThat(layout.parameterCount()).isEqualTo(53_786_240L + 43_829_766L);
    }
}
