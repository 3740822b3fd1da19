package beits;

import static org.assertj.core.api.Assertions.assertThat;

import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One golden case of the test resources: its description and tensors. */
public record Golden(JsonNode description, Map<String, Tensor> inputs, Map<String, Tensor> expected) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Tensor(String type, int[] shape, ByteBuffer data) {
        public Image image() {
            byte[] pixels = new byte[data.remaining()];
            data.duplicate().get(pixels);
            return new Image(shape[0], shape[1], shape.length == 3 ? shape[2] : 1, pixels);
        }

        public float[] floats() {
            float[] out = new float[data.remaining() / 4];
            data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(out);
            return out;
        }

        public long[] longs() {
            long[] out = new long[data.remaining() / 8];
            data.duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(out);
            return out;
        }
    }

    public static Golden load(String name) {
        return new Golden(
                JSON.readTree(bytes("/golden/" + name + "/case.json")),
                tensors("/golden/" + name + "/inputs.safetensors"),
                tensors("/golden/" + name + "/expected.safetensors"));
    }

    public JsonNode config() {
        return description.get("config");
    }

    public JsonNode scalars() {
        return description.get("scalars");
    }

    public Tensor expected(String key) {
        return Objects.requireNonNull(expected.get(key), key);
    }

    public Tensor input(String key) {
        return Objects.requireNonNull(inputs.get(key), key);
    }

    /** The decoded source picture of that name. */
    public static Image source(String name) {
        return new ImageReader(DecodeOptions.DEFAULT)
                .decode(bytes("/golden/preprocess/images/" + name), name)
                .rgb();
    }

    public static void assertSame(String what, Image actual, Image expected) {
        assertThat(actual.height()).as(what).isEqualTo(expected.height());
        assertThat(actual.width()).as(what).isEqualTo(expected.width());
        assertThat(actual.channels()).as(what).isEqualTo(expected.channels());
        int worst = 0;
        int at = 0;
        int wrong = 0;
        for (int i = 0; i < actual.pixels().length; i++) {
            int difference = Math.abs((actual.pixels()[i] & 0xff) - (expected.pixels()[i] & 0xff));
            wrong += difference > 0 ? 1 : 0;
            if (difference > worst) {
                worst = difference;
                at = i;
            }
        }
        assertThat(worst)
                .as(
                        "%s: %d of %d samples differ, most at %d (row %d)",
                        what, wrong, actual.pixels().length, at, at / (actual.width() * actual.channels()))
                .isZero();
    }

    public static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
        assertThat(actual.length).as(what).isEqualTo(expected.length);
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) Math.abs(actual[i] - expected[i]))
                    .as("%s at %d", what, i)
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    public static byte[] bytes(String resource) {
        try (var in = Golden.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Tensor> tensors(String resource) {
        if (Golden.class.getResource(resource) == null) {
            return Map.of();
        }
        ByteBuffer file = ByteBuffer.wrap(bytes(resource)).order(ByteOrder.LITTLE_ENDIAN);
        int header = Math.toIntExact(file.getLong());
        JsonNode json = JSON.readTree(new String(file.array(), 8, header, StandardCharsets.UTF_8));
        Map<String, Tensor> out = new LinkedHashMap<>();
        for (var entry : json.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                JsonNode node = entry.getValue();
                int[] shape = new int[node.get("shape").size()];
                for (int i = 0; i < shape.length; i++) {
                    shape[i] = node.get("shape").get(i).asInt();
                }
                int from = node.get("data_offsets").get(0).asInt();
                int to = node.get("data_offsets").get(1).asInt();
                out.put(
                        entry.getKey(),
                        new Tensor(node.get("dtype").asString(), shape, file.slice(8 + header + from, to - from)));
            }
        }
        return out;
    }
}
