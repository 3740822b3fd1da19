package beits.data.source;

import beits.image.PictureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads parts of an open file from many threads at once. */
final class ByteRanges {
    private ByteRanges() {}

    /** The bytes of one part; a {@link PictureException} when the file ends before. */
    static byte[] read(FileChannel channel, long offset, int length, String name) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        try {
            while (buffer.hasRemaining()) {
                int n = channel.read(buffer, offset + buffer.position());
                if (n < 0) {
                    throw new PictureException(name, "truncated: %d of %d bytes".formatted(buffer.position(), length));
                }
            }
        } catch (IOException e) {
            throw new PictureException(name, "cannot be read: " + e.getMessage(), e);
        }
        return buffer.array();
    }
}
