package beits.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Encodes pictures of 1, 3 or 4 channels as PNG; the same picture gives the same bytes on every machine. */
public final class PngWriter {
    private PngWriter() {}

    /** The PNG file as bytes. */
    public static byte[] encode(Image image) {
        int row = image.width() * image.channels();
        byte[] filtered = new byte[image.height() * (row + 1)];
        for (int y = 0; y < image.height(); y++) {
            int to = y * (row + 1);
            // Up for all rows but the first: cheap, and smooth pictures shrink with it.
            filtered[to] = (byte) (y == 0 ? 0 : 2);
            for (int i = 0; i < row; i++) {
                int above = y == 0 ? 0 : image.pixels()[(y - 1) * row + i];
                filtered[to + 1 + i] = (byte) (image.pixels()[y * row + i] - above);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        int colour = image.channels() == 1 ? 0 : image.channels() == 3 ? 2 : 6;
        ByteBuffer header = ByteBuffer.allocate(13).putInt(image.width()).putInt(image.height());
        header.put((byte) 8).put((byte) colour).put((byte) 0).put((byte) 0).put((byte) 0);
        chunk(out, "IHDR", header.array(), 13);
        byte[] data = deflate(filtered);
        chunk(out, "IDAT", data, data.length);
        chunk(out, "IEND", new byte[0], 0);
        return out.toByteArray();
    }

    /** Writes the PNG file. */
    public static void write(Image image, Path file) throws IOException {
        Files.write(file, encode(image));
    }

    private static byte[] deflate(byte[] data) {
        Deflater deflater = new Deflater(6);
        try {
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] body, int length) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(body, 0, length);
        out.writeBytes(ByteBuffer.allocate(4).putInt(length).array());
        out.writeBytes(name);
        out.write(body, 0, length);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
