package beits.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The safetensors format: 8 bytes little-endian header length, a JSON header, raw little-endian data. Files are mapped, not
 * read into the heap. Files of our own carry a CRC-32C of everything in them, which is checked; when another program wrote one again
 * and left it out, a warning is logged.
 */
public final class Safetensors {
    /** Key of the file's CRC-32C in the description; eight hexadecimal digits, taken as zeros while it is computed. */
    public static final String CHECKSUM = "beits.crc32c";

    /** What begins the keys of our own description. */
    private static final String OWN = "beits.";

    private static final String BLANK = "00000000";
    private static final String CHECKSUM_FIRST = "{\"__metadata__\":{\"" + CHECKSUM + "\":\"";
    private static final int CHECKSUM_AT = 8 + CHECKSUM_FIRST.length();
    private static final int CHUNK = 1 << 24;
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Safetensors() {}

    /**
     * Opens a file. The tensors stay valid as long as anybody holds them; they are parts of the mapped file.
     *
     * @throws CheckpointException when the file is no whole safetensors file
     */
    public static NamedTensors read(Path file) throws IOException {
        return read(map(file), file.toString());
    }

    /** A file as memory, which stays valid as long as anybody holds it. */
    static MemorySegment map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + ": no such file", e);
        }
    }

    /**
     * Reads the content of a file.
     *
     * @param whole the bytes of the file
     * @param source name of the file, for messages
     * @throws CheckpointException when it is no whole safetensors file
     */
    static NamedTensors read(MemorySegment whole, String source) throws CheckpointException {
        if (whole.byteSize() < 8) {
            throw SafetensorsHeader.broken(source, "only %d bytes".formatted(whole.byteSize()));
        }
        long headerLength = whole.get(LENGTH, 0);
        if (headerLength < 2 || headerLength > SafetensorsHeader.LARGEST || headerLength > whole.byteSize() - 8) {
            throw SafetensorsHeader.broken(
                    source, "a header of %d bytes in a file of %d".formatted(headerLength, whole.byteSize()));
        }
        SafetensorsHeader header =
                SafetensorsHeader.parse(source, whole.asSlice(8, headerLength), whole.byteSize() - 8 - headerLength);
        if (header.metadata().keySet().stream().anyMatch(key -> key.startsWith(OWN))) {
            verify(source, whole, header.metadata().get(CHECKSUM));
        }
        MemorySegment data = whole.asSlice(8 + headerLength);
        NamedTensors tensors = new NamedTensors();
        header.metadata().forEach((key, value) -> {
            if (!key.equals(CHECKSUM)) {
                tensors.describe(key, value);
            }
        });
        header.entries()
                .forEach((name, entry) -> tensors.put(
                        name,
                        new TensorData(
                                entry.type(),
                                entry.shape(),
                                data.asSlice(entry.begin(), entry.end() - entry.begin()))));
        return tensors;
    }

    private static void verify(String source, MemorySegment whole, @Nullable String expected)
            throws CheckpointException {
        boolean ownHead = whole.byteSize() >= CHECKSUM_AT + BLANK.length()
                && CHECKSUM_FIRST.equals(text(whole, 8, CHECKSUM_FIRST.length()));
        if (expected == null) {
            if (whole.byteSize() > CHECKSUM_AT + BLANK.length()
                    && text(whole, CHECKSUM_AT, BLANK.length() + 1).matches("[0-9a-f]{8}\"")) {
                throw SafetensorsHeader.broken(source, "a checksum under a damaged name");
            }
            LoggerFactory.getLogger(Safetensors.class)
                    .warn(
                            "beits: {}: another program wrote this checkpoint of ours and left its checksum out; taken as it is",
                            source);
            return;
        }
        if (!ownHead) {
            throw changed(source, "another program wrote this checkpoint of ours, and its checksum does not match");
        }
        CRC32C crc = new CRC32C();
        update(crc, whole.asSlice(0, CHECKSUM_AT));
        crc.update(BLANK.getBytes(StandardCharsets.US_ASCII));
        update(crc, whole.asSlice(CHECKSUM_AT + BLANK.length()));
        if (!expected.equals(digits(crc))) {
            throw changed(source, "its checksum does not match: it was damaged, or changed by another program");
        }
    }

    private static String text(MemorySegment whole, long from, long length) {
        return StandardCharsets.ISO_8859_1
                .decode(whole.asSlice(from, length).asByteBuffer())
                .toString();
    }

    private static CheckpointException changed(String source, String what) {
        return new CheckpointException(
                "%s: %s; copy it again, or, if the change was meant, save it without %s in its metadata"
                        .formatted(source, what, CHECKSUM));
    }

    /**
     * Writes a file in one step, with a checksum in its description. Equal tensors and descriptions give equal bytes. The header
     * keeps the order of the tensors; their data is laid out from wide to narrow types, so that each tensor is aligned to its
     * element, as the format's own writer does.
     */
    public static void write(Path file, NamedTensors tensors) throws IOException {
        List<Map.Entry<String, TensorData>> laidOut = tensors.tensors().entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, TensorData> entry) ->
                                entry.getValue().type().bytes())
                        .reversed())
                .toList();
        Map<String, Long> offsets = new LinkedHashMap<>();
        long offset = 0;
        for (Map.Entry<String, TensorData> entry : laidOut) {
            offsets.put(entry.getKey(), offset);
            offset += entry.getValue().data().byteSize();
        }
        ByteBuffer head = head(tensors, offsets);
        AtomicFile.write(file, channel -> {
            CRC32C crc = new CRC32C();
            crc.update(head.duplicate());
            writeFully(channel, head);
            for (Map.Entry<String, TensorData> entry : laidOut) {
                MemorySegment data = entry.getValue().data();
                for (long at = 0; at < data.byteSize(); at += CHUNK) {
                    MemorySegment part = data.asSlice(at, Math.min(CHUNK, data.byteSize() - at));
                    crc.update(part.asByteBuffer());
                    writeFully(channel, part.asByteBuffer());
                }
            }
            channel.position(CHECKSUM_AT);
            writeFully(channel, ByteBuffer.wrap(digits(crc).getBytes(StandardCharsets.US_ASCII)));
        });
    }

    private static ByteBuffer head(NamedTensors tensors, Map<String, Long> offsets) throws CheckpointException {
        ObjectNode header = JSON.createObjectNode();
        ObjectNode metadata = header.putObject("__metadata__");
        metadata.put(CHECKSUM, BLANK);
        tensors.metadata().forEach((key, value) -> {
            if (!key.equals(CHECKSUM)) {
                metadata.put(key, value);
            }
        });
        for (Map.Entry<String, TensorData> entry : tensors.tensors().entrySet()) {
            TensorData tensor = entry.getValue();
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", tensor.type().name());
            var shape = node.putArray("shape");
            tensor.shape().forEach(shape::add);
            long begin = offsets.getOrDefault(entry.getKey(), 0L);
            node.putArray("data_offsets").add(begin).add(begin + tensor.data().byteSize());
        }
        byte[] text = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int padded = (text.length + 7) / 8 * 8;
        if (padded > SafetensorsHeader.LARGEST) {
            throw new CheckpointException("a safetensors header of %d bytes; at most %d can be read back"
                    .formatted(padded, SafetensorsHeader.LARGEST));
        }
        ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(text);
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        return head.flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static void update(CRC32C crc, MemorySegment data) {
        for (long at = 0; at < data.byteSize(); at += CHUNK) {
            crc.update(data.asSlice(at, Math.min(CHUNK, data.byteSize() - at)).asByteBuffer());
        }
    }

    private static String digits(CRC32C crc) {
        return "%08x".formatted(crc.getValue());
    }

    /** Whether a file begins like safetensors: a header length, then a brace. */
    static boolean looksLike(MemorySegment whole) {
        return whole.byteSize() >= 9 && whole.get(ValueLayout.JAVA_BYTE, 8) == '{';
    }

    /** Whether a file begins like safetensors: a header length, then a brace. */
    public static boolean looksLike(Path file) throws IOException {
        return looksLike(map(file));
    }
}
