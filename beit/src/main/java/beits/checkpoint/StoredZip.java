package beits.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.Month;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a zip archive of uncompressed entries, each aligned as {@code torch.save} aligns them: behind a field of padding, so that
 * a mapped file can be computed with. Zip64 where it must be. Equal entries give equal archives.
 */
final class StoredZip {
    private static final int ALIGNMENT = 64;
    private static final int LOCAL_SIZE = 30;
    private static final int FIELD_HEAD = 4;

    /** What the JDK's writer puts before the padding of an entry whose size takes more than 32 bits. */
    private static final int ZIP_64_FIELD = 20;

    private static final long LARGEST_32_BIT = 0xfffffffeL;

    /** PyTorch's identifier for a field of padding, {@code FB}. */
    private static final short PADDING = 0x4246;

    /** The first month that the JDK's writer takes without a further field for the time. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, Month.FEBRUARY, 1, 0, 0);

    private static final int CHUNK = 1 << 20;

    private final FileChannel channel;
    private final ZipOutputStream zip;
    private final byte[] chunk = new byte[CHUNK];

    /** A writer from the channel's position on. The channel stays open. */
    StoredZip(FileChannel channel) {
        this.channel = channel;
        this.zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
        zip.setMethod(ZipOutputStream.STORED);
    }

    /** Writes an entry. */
    void put(String name, byte[] bytes) throws IOException {
        put(name, MemorySegment.ofArray(bytes));
    }

    /** Writes an entry. */
    void put(String name, MemorySegment bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        entry.setSize(bytes.byteSize());
        entry.setCrc(checksum(bytes));
        zip.flush();
        long field = channel.position()
                + LOCAL_SIZE
                + name.getBytes(StandardCharsets.UTF_8).length
                + (bytes.byteSize() > LARGEST_32_BIT ? ZIP_64_FIELD : 0);
        entry.setExtra(padding(field));
        zip.putNextEntry(entry);
        for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
            int length = (int) Math.min(CHUNK, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
            zip.write(chunk, 0, length);
        }
        zip.closeEntry();
    }

    /** Writes the directory, which ends the archive. */
    void finish() throws IOException {
        zip.finish();
        zip.flush();
    }

    /** A field from there on that ends where data may begin. */
    private static byte[] padding(long at) {
        int length = Math.floorMod(-(at + FIELD_HEAD), ALIGNMENT);
        byte[] field = new byte[FIELD_HEAD + length];
        Arrays.fill(field, (byte) 'Z');
        ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN).putShort(PADDING).putShort((short) length);
        return field;
    }

    private static long checksum(MemorySegment bytes) {
        CRC32 crc = new CRC32();
        for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
            crc.update(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
        }
        return crc.getValue();
    }
}
