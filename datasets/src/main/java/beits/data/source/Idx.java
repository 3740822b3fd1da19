package beits.data.source;

import beits.image.PictureException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The IDX format of MNIST and Fashion-MNIST: two zero bytes, type 8 (unsigned byte), the number of dimensions, each as
 * 32-bit big-endian, then the values. Plain or gzip-compressed.
 */
public final class Idx {
    private static final int UNSIGNED_BYTE = 8;
    private static final long LARGEST = 1L << 30;

    private Idx() {}

    /**
     * An array of unsigned bytes, row-major.
     *
     * @param shape sizes of its dimensions
     */
    @SuppressWarnings("ArrayRecordComponent") // a few big arrays, never compared
    public record Values(List<Integer> shape, byte[] data) {}

    /** Reads a file. */
    public static Values read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString());
        } catch (IOException e) {
            throw new PictureException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads a stream to its end; {@code name} is for messages. */
    public static Values read(InputStream stream, String name) {
        try {
            InputStream in = new BufferedInputStream(stream, 1 << 16);
            in.mark(2);
            boolean compressed = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return parse(compressed ? new BufferedInputStream(new GZIPInputStream(in), 1 << 16) : in, name);
        } catch (IOException e) {
            throw new PictureException(name, "broken IDX file: " + e.getMessage(), e);
        }
    }

    private static Values parse(InputStream in, String name) throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4
                || magic[0] != 0
                || magic[1] != 0
                || magic[2] != UNSIGNED_BYTE
                || magic[3] < 1
                || magic[3] > 4) {
            throw new PictureException(name, "not an IDX file of unsigned bytes");
        }
        byte[] sizes = in.readNBytes(4 * magic[3]);
        if (sizes.length < 4 * magic[3]) {
            throw new PictureException(name, "truncated in the header");
        }
        ByteBuffer header = ByteBuffer.wrap(sizes);
        List<Integer> shape =
                IntStream.range(0, magic[3]).mapToObj(i -> header.getInt(4 * i)).toList();
        long length = 1;
        for (int size : shape) {
            if (size < 0 || (length *= size) > LARGEST) {
                throw new PictureException(
                        name, "declares sizes %s, over the limit of %d bytes".formatted(shape, LARGEST));
            }
        }
        // Grows with what is really there, so a header cannot make us allocate what the file does not hold.
        byte[] data = in.readNBytes((int) length);
        if (data.length < length) {
            throw new PictureException(name, "truncated: %d of %d bytes".formatted(data.length, length));
        }
        if (in.read() >= 0) {
            throw new PictureException(name, "holds more than the declared %s values".formatted(shape));
        }
        return new Values(shape, data);
    }

    /** The gzip-compressed file; equal values give equal bytes. */
    public static byte[] encode(Values values) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out) {
            {
                def.setLevel(9);
            }
        }) {
            ByteBuffer header = ByteBuffer.allocate(4 + 4 * values.shape().size());
            header.put((byte) 0).put((byte) 0).put((byte) UNSIGNED_BYTE).put((byte)
                    values.shape().size());
            values.shape().forEach(header::putInt);
            zip.write(header.array());
            zip.write(values.data());
        }
        return out.toByteArray();
    }
}
