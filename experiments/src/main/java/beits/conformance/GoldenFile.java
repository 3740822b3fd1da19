package beits.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the safetensors files of golden cases: 8-byte little-endian header length, JSON header, raw data. Independent of the
 * checkpoint reader, which is one of the things judged.
 */
final class GoldenFile {
    private static final JsonMapper JSON = new JsonMapper();

    private GoldenFile() {}

    /**
     * All tensors of a file, in its order; none when there is no such file.
     *
     * @throws IOException when it cannot be read or is no such file
     */
    static Map<String, GoldenTensor> read(Path file) throws IOException {
        Map<String, GoldenTensor> tensors = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return tensors;
        }
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int header = Math.toIntExact(data.getLong());
            for (Map.Entry<String, JsonNode> entry :
                    JSON.readTree(bytes, 8, header).properties()) {
                if (!entry.getKey().equals("__metadata__")) {
                    tensors.put(entry.getKey(), tensor(data, 8 + header, entry.getValue()));
                }
            }
        } catch (RuntimeException e) {
            throw new IOException(
                    file + ": not a safetensors file of F32, I64, U8 or BOOL tensors: " + e.getMessage(), e);
        }
        return tensors;
    }

    private static GoldenTensor tensor(ByteBuffer data, int start, JsonNode entry) throws JacksonException {
        GoldenTensor.Type type =
                GoldenTensor.Type.valueOf(entry.required("dtype").asString());
        JsonNode extents = entry.required("shape");
        int[] shape = new int[extents.size()];
        int size = 1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = extents.required(i).asInt();
            size = Math.multiplyExact(size, shape[i]);
        }
        int begin = start + entry.required("data_offsets").required(0).asInt();
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            int at = begin + type.bytes * i;
            values[i] = switch (type) {
                case F32 -> data.getFloat(at);
                case I64 -> data.getLong(at);
                case U8, BOOL -> data.get(at) & 0xFF;
            };
        }
        return new GoldenTensor(type, shape, values);
    }
}
