package beits.analysis;

import beits.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** NumPy's file format 1.0 for one array of little-endian float32, row-major. */
public final class Npy {
    private static final int ALIGNMENT = 64;
    private static final int PREAMBLE = 10;

    private Npy() {}

    /** Writes an array under a temporary name and renames it. */
    public static void write(Path file, float[] values, int... shape) throws IOException {
        ByteBuffer bytes = encode(values, shape);
        AtomicFile.write(file, channel -> {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }

    static ByteBuffer encode(float[] values, int... shape) {
        String extents = Arrays.stream(shape).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }".formatted(extents);
        int length = (PREAMBLE + header.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.addExact(length, 4 * values.length)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        bytes.putShort((short) (length - PREAMBLE));
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        while (bytes.position() < length - 1) {
            bytes.put((byte) ' ');
        }
        bytes.put((byte) '\n');
        bytes.asFloatBuffer().put(values);
        return bytes.rewind();
    }
}
