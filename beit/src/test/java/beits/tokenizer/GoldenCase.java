package beits.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.device.Executable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A case of the golden data: its configuration and scalars, what goes in and what must come out. */
record GoldenCase(JsonNode config, JsonNode scalars, Map<String, Values> inputs, Map<String, Values> expected) {
    private static final JsonMapper JSON = new JsonMapper();

    /** A tensor; integers are held as doubles. */
    record Values(int[] shape, double[] values) {
        /** [batch, channels, height, width] to [batch, height, width, channels]. */
        Values channelsLast() {
            int channels = shape[1];
            int pixels = shape[2] * shape[3];
            double[] turned = new double[values.length];
            for (int i = 0; i < turned.length; i++) {
                int batch = i / (channels * pixels);
                int pixel = i / channels % pixels;
                turned[i] = values[(batch * channels + i % channels) * pixels + pixel];
            }
            return new Values(new int[] {shape[0], shape[2], shape[3], channels}, turned);
        }

        int[] integers() {
            return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
        }

        double largest() {
            return Arrays.stream(values).map(Math::abs).max().orElse(0);
        }
    }

    static GoldenCase read(String name) {
        JsonNode json = json(name + "/case.json");
        return new GoldenCase(
                json.get("config"),
                json.get("scalars"),
                tensors(resource(name + "/inputs.safetensors")),
                tensors(resource(name + "/expected.safetensors")));
    }

    static JsonNode json(String name) {
        return JSON.readTree(resource(name));
    }

    private static byte[] resource(String name) {
        try (InputStream in = GoldenCase.class.getResourceAsStream("/golden/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Values> tensors(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong();
        Map<String, Values> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : JSON.readTree(file, 8, header).properties()) {
            if (entry.getKey().equals("__metadata__")) {
                continue;
            }
            int[] shape = new int[entry.getValue().get("shape").size()];
            int size = 1;
            for (int i = 0; i < shape.length; i++) {
                shape[i] = entry.getValue().get("shape").get(i).asInt();
                size *= shape[i];
            }
            int begin = 8 + header + entry.getValue().get("data_offsets").get(0).asInt();
            String type = entry.getValue().get("dtype").asString();
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = switch (type) {
                    case "F32" -> bytes.getFloat(begin + 4 * i);
                    case "I64" -> bytes.getLong(begin + 8 * i);
                    default -> throw new IllegalStateException(type);
                };
            }
            tensors.put(entry.getKey(), new Values(shape, values));
        }
        return tensors;
    }

    Values input(String name) {
        return Objects.requireNonNull(inputs.get(name), name);
    }

    Values expected(String name) {
        return Objects.requireNonNull(expected.get(name), name);
    }

    /** Writes {@code param/<name>} into the parameters; both sides must have the same names and shapes. */
    void load(Layout layout, Executable executable) {
        assertThat(inputs.keySet().stream().filter(n -> n.startsWith("param/")).map(n -> n.substring(6)))
                .containsExactlyInAnyOrderElementsOf(
                        layout.parameters().stream().map(Parameter::name).toList());
        for (Parameter parameter : layout.parameters()) {
            Values values = input("param/" + parameter.name());
            assertThat(parameter.slot().shape().extents()).as(parameter.name()).isEqualTo(values.shape);
            executable.write(parameter.slot(), values.values);
        }
    }

    /** {@code max|a − ref| / max(max|ref|, 1e-3·M)}, M the largest of the tensors of the same kind. */
    static void assertClose(String name, double[] actual, Values reference, double largestOfKind, double allowed) {
        assertThat(actual).as(name).hasSameSizeAs(reference.values);
        double scale = Math.max(reference.largest(), 1e-3 * largestOfKind);
        double worst = 0;
        int at = 0;
        for (int i = 0; i < actual.length; i++) {
            double difference = Math.abs(actual[i] - reference.values[i]);
            if (!(difference <= worst)) {
                worst = difference;
                at = i;
            }
        }
        assertThat(worst / scale)
                .as(
                        "%s%s: worst at %d, %s instead of %s",
                        name, Arrays.toString(reference.shape), at, actual[at], reference.values[at])
                .isLessThanOrEqualTo(allowed);
    }
}
