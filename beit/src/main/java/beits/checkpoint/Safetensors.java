package beits.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The safetensors format: 8 bytes little-endian header length, a JSON header, raw little-endian data. Files are mapped, not
 * read into the heap. Files of our own carry a CRC-32C of the data in their description, which is checked.
 */
public final class Safetensors {
    /** Key of the data's CRC-32C in the description. */
    public static final String CHECKSUM = "beits.crc32c";

    private static final long LARGEST_HEADER = 100_000_000;
    private static final int CHUNK = 1 << 24;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Safetensors() {}

    /**
     * Opens a file. The tensors stay valid as long as anybody holds them.
     *
     * @throws CheckpointException when the file is no whole safetensors file
     */
    public static NamedTensors read(Path file) throws IOException {
        MemorySegment whole;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + ": no such file", e);
        }
        if (whole.byteSize() < 8) {
            throw broken(file, "only %d bytes".formatted(whole.byteSize()));
        }
        long headerLength = whole.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (headerLength < 2 || headerLength > LARGEST_HEADER || headerLength > whole.byteSize() - 8) {
            throw broken(file, "a header of %d bytes in a file of %d".formatted(headerLength, whole.byteSize()));
        }
        JsonNode header = header(file, whole.asSlice(8, headerLength));
        MemorySegment data = whole.asSlice(8 + headerLength);
        NamedTensors tensors = new NamedTensors();
        List<long[]> ranges = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (entry.getKey().equals("__metadata__")) {
                describe(file, tensors, entry.getValue());
            } else {
                tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue(), data, ranges));
            }
        }
        ranges.sort(Comparator.comparingLong(range -> range[0]));
        long end = 0;
        for (long[] range : ranges) {
            if (range[0] != end) {
                throw broken(file, "tensors that overlap or leave a gap at byte %d of the data".formatted(end));
            }
            end = range[1];
        }
        if (end != data.byteSize()) {
            throw broken(file, "%d bytes of data where the header describes %d".formatted(data.byteSize(), end));
        }
        String expected = tensors.metadata().get(CHECKSUM);
        if (expected != null && !expected.equals(checksum(List.of(data)))) {
            throw broken(file, "data that does not match its checksum");
        }
        return tensors;
    }

    private static JsonNode header(Path file, MemorySegment bytes) throws CheckpointException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(bytes.asByteBuffer())
                    .toString();
            JsonNode header = JSON.readTree(text);
            if (!header.isObject()) {
                throw broken(file, "a header that is no JSON object");
            }
            return header;
        } catch (CharacterCodingException | JacksonException e) {
            throw new CheckpointException(brokenMessage(file, "a header that is no JSON"), e);
        }
    }

    private static void describe(Path file, NamedTensors tensors, JsonNode metadata) throws CheckpointException {
        if (!metadata.isObject()) {
            throw broken(file, "a description that is no JSON object");
        }
        for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
            if (!entry.getValue().isString()) {
                throw broken(file, "a description " + entry.getKey() + " that is no text");
            }
            tensors.describe(entry.getKey(), entry.getValue().stringValue());
        }
    }

    private static TensorData tensor(Path file, String name, JsonNode node, MemorySegment data, List<long[]> ranges)
            throws CheckpointException {
        TensorType type = null;
        String typeName = node.path("dtype").asString("");
        for (TensorType candidate : TensorType.values()) {
            if (candidate.name().equals(typeName)) {
                type = candidate;
            }
        }
        JsonNode offsets = node.path("data_offsets");
        JsonNode extents = node.path("shape");
        if (type == null || !extents.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw broken(file, "no usable dtype, shape and data_offsets for tensor " + name);
        }
        List<Long> shape = new ArrayList<>();
        long bytes = type.bytes();
        for (JsonNode extent : extents) {
            if (!extent.isIntegralNumber() || !extent.canConvertToLong() || extent.longValue() < 0) {
                throw broken(file, "a bad extent in the shape of tensor " + name);
            }
            shape.add(extent.longValue());
            long high = Math.multiplyHigh(bytes, extent.longValue());
            bytes *= extent.longValue();
            if (high != 0 || bytes < 0) {
                throw broken(file, "a shape beyond all memory for tensor " + name);
            }
        }
        if (!offsets.get(0).isIntegralNumber()
                || !offsets.get(1).isIntegralNumber()
                || !offsets.get(0).canConvertToLong()
                || !offsets.get(1).canConvertToLong()) {
            throw broken(file, "bad data_offsets for tensor " + name);
        }
        long begin = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        if (begin < 0 || end < begin || end > data.byteSize() || end - begin != bytes) {
            throw broken(
                    file,
                    "%s: tensor %s %s should take %d bytes but has %d to %d of %d"
                            .formatted("truncated or corrupt", name, shape, bytes, begin, end, data.byteSize()));
        }
        ranges.add(new long[] {begin, end});
        return new TensorData(type, shape, data.asSlice(begin, bytes));
    }

    /** Writes a file in one step, with a checksum in its description. */
    public static void write(Path file, NamedTensors tensors) throws IOException {
        List<MemorySegment> parts =
                tensors.tensors().values().stream().map(TensorData::data).toList();
        Map<String, String> description = new LinkedHashMap<>(tensors.metadata());
        description.put(CHECKSUM, checksum(parts));
        ObjectNode header = JSON.createObjectNode();
        ObjectNode metadata = header.putObject("__metadata__");
        description.forEach(metadata::put);
        long offset = 0;
        for (Map.Entry<String, TensorData> entry : tensors.tensors().entrySet()) {
            TensorData tensor = entry.getValue();
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", tensor.type().name());
            var shape = node.putArray("shape");
            tensor.shape().forEach(shape::add);
            long bytes = tensor.data().byteSize();
            node.putArray("data_offsets").add(offset).add(offset + bytes);
            offset += bytes;
        }
        byte[] text = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = (text.length + 7) / 8 * 8;
        ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(text);
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        AtomicFile.write(file, channel -> {
            writeFully(channel, head.flip());
            for (MemorySegment part : parts) {
                for (long at = 0; at < part.byteSize(); at += CHUNK) {
                    writeFully(
                            channel,
                            part.asSlice(at, Math.min(CHUNK, part.byteSize() - at))
                                    .asByteBuffer());
                }
            }
        });
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static String checksum(List<MemorySegment> parts) {
        CRC32C crc = new CRC32C();
        for (MemorySegment part : parts) {
            for (long at = 0; at < part.byteSize(); at += CHUNK) {
                crc.update(
                        part.asSlice(at, Math.min(CHUNK, part.byteSize() - at)).asByteBuffer());
            }
        }
        return "%08x".formatted(crc.getValue());
    }

    private static CheckpointException broken(Path file, String what) {
        return new CheckpointException(brokenMessage(file, what));
    }

    private static String brokenMessage(Path file, String what) {
        return file + ": not a whole safetensors file: " + what + "; copy or download it again";
    }

    /** Whether a file begins like safetensors: a plausible header length, then a brace. */
    public static boolean looksLike(Path file) throws IOException {
        if (Files.size(file) < 9) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
            while (head.hasRemaining() && channel.read(head) >= 0) {
                continue;
            }
            return head.getLong(0) <= LARGEST_HEADER && head.get(8) == '{';
        }
    }
}
