package beits.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON header of a safetensors file. It is read token by token, so that whatever does not belong there is refused before
 * it takes memory, and the tensors must cover the data exactly once.
 *
 * @param entries where each tensor lies, in the order of the header
 * @param metadata the description
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    /** Longest header that is read: room for some 300,000 tensors. */
    static final int LARGEST = 1 << 25;

    private static final int MOST_EXTENTS = 64;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** One tensor: its bytes are {@code begin} to {@code end} of the data. */
    record Entry(TensorType type, List<Long> shape, long begin, long end) {}

    /**
     * Parses a header.
     *
     * @param dataSize bytes that follow the header
     * @throws CheckpointException naming the source and what is wrong
     */
    static SafetensorsHeader parse(String source, MemorySegment bytes, long dataSize) throws CheckpointException {
        SafetensorsHeader header = new SafetensorsHeader(new LinkedHashMap<>(), new LinkedHashMap<>());
        try (JsonParser parser = JSON.createParser(StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(bytes.asByteBuffer())
                .toString())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw broken(source, "a header that is no JSON object");
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw broken(source, "a header in which " + shown(name) + " is no JSON object");
                }
                if (name.equals("__metadata__")) {
                    header.readMetadata(source, parser);
                } else {
                    header.entries.put(name, readEntry(source, name, parser, dataSize));
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw broken(source, "something behind the JSON object of the header");
            }
        } catch (CharacterCodingException e) {
            throw new CheckpointException(brokenMessage(source, "a header that is no UTF-8"), e);
        } catch (JacksonException e) {
            throw new CheckpointException(brokenMessage(source, "a header that is no JSON as it should be"), e);
        }
        header.checkCover(source, dataSize);
        return header;
    }

    private void readMetadata(String source, JsonParser parser) throws CheckpointException {
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw broken(source, "a description " + shown(key) + " that is no text");
            }
            metadata.put(key, parser.getString());
        }
    }

    private static Entry readEntry(String source, String name, JsonParser parser, long dataSize)
            throws CheckpointException {
        TensorType type = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            JsonToken token = parser.nextToken();
            switch (key) {
                case "dtype" -> type = token == JsonToken.VALUE_STRING ? type(parser.getString()) : null;
                case "shape" -> shape = numbers(parser, MOST_EXTENTS);
                case "data_offsets" -> offsets = numbers(parser, 2);
                default -> throw broken(source, "an unknown field " + shown(key) + " of tensor " + shown(name));
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw broken(source, "no usable dtype, shape and data_offsets for tensor " + shown(name));
        }
        long bytes = type.bytes();
        for (long extent : shape) {
            if (extent < 0 || Math.multiplyHigh(bytes, extent) != 0 || bytes * extent < 0) {
                throw broken(source, "an impossible shape " + shape + " of tensor " + shown(name));
            }
            bytes *= extent;
        }
        long begin = offsets.getFirst();
        long end = offsets.getLast();
        if (begin < 0 || end < begin || end > dataSize || end - begin != bytes) {
            throw broken(
                    source,
                    "tensor %s %s of %d bytes at %d to %d of %d bytes of data"
                            .formatted(shown(name), shape, bytes, begin, end, dataSize));
        }
        return new Entry(type, List.copyOf(shape), begin, end);
    }

    private static @Nullable TensorType type(String name) {
        for (TensorType type : TensorType.values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    private static @Nullable List<Long> numbers(JsonParser parser, int most) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return null;
        }
        List<Long> numbers = new ArrayList<>();
        while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && numbers.size() < most) {
            numbers.add(parser.getLongValue());
        }
        return parser.currentToken() == JsonToken.END_ARRAY ? numbers : null;
    }

    private void checkCover(String source, long dataSize) throws CheckpointException {
        List<Entry> inOrder = new ArrayList<>(entries.values());
        inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long end = 0;
        for (Entry entry : inOrder) {
            if (entry.begin() != end) {
                throw broken(source, "tensors that overlap or leave a gap at byte %d of the data".formatted(end));
            }
            end = entry.end();
        }
        if (end != dataSize) {
            throw broken(source, "%d bytes of data where the header describes %d".formatted(dataSize, end));
        }
    }

    private static String shown(String name) {
        return name.length() <= 80 ? name : name.substring(0, 80) + "…";
    }

    static CheckpointException broken(String source, String what) {
        return new CheckpointException(brokenMessage(source, what));
    }

    private static String brokenMessage(String source, String what) {
        return source + ": not a whole safetensors file: " + what + "; copy or download it again";
    }
}
