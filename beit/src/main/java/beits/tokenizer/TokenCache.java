package beits.tokenizer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Visual tokens on disk, so that a picture that is always seen the same way goes through the tokenizer once.
 *
 * <p>One file for each tokenizer, view and augmentation: a line of text that states them, then records of one size: the first 16
 * bytes of the SHA-256 of the mapped pixels, the tokens, a CRC-32C of both. A record is found by the pixels, so it is right
 * whatever the order, the data set and its changes. Torn and damaged records count as absent. For one thread of one process.
 */
public final class TokenCache implements AutoCloseable {
    private static final int DIGEST_BYTES = 16;

    private final Path file;
    private final byte[] line;
    private final int tokens;
    private final boolean wide;
    private final Map<Digest, Long> positions = new HashMap<>();
    private @Nullable FileChannel channel;
    private long end;
    private int damaged;

    /**
     * What a file of the cache holds.
     *
     * @param tokenizerHash SHA-256 of the tokenizer's weights
     * @param view size, channels and mapping of the pictures
     * @param augmentation what happens to them before
     * @param tokens of a picture
     * @param vocabulary number of different tokens
     */
    public record Key(String tokenizerHash, String view, String augmentation, int tokens, int vocabulary) {
        public Key {
            if (tokens < 1 || vocabulary < 1) {
                throw new IllegalArgumentException("%d tokens of a vocabulary of %d".formatted(tokens, vocabulary));
            }
        }

        private String line() {
            return "beits tokens 1; tokenizer %s; view %s; augmentation %s; %d tokens of %d%n"
                    .formatted(tokenizerHash, view, augmentation, tokens, vocabulary)
                    .replace("\r", "");
        }
    }

    /** A picture as the tokenizer sees it. */
    public record Digest(long high, long low) {
        /** The digest of a row of a batch of mapped pictures. */
        public static Digest of(float[] pictures, int offset, int length) {
            ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(pictures, offset, length);
            ByteBuffer digest = ByteBuffer.wrap(sha256(bytes.array()));
            return new Digest(digest.getLong(), digest.getLong());
        }
    }

    private TokenCache(Path file, byte[] line, Key key) {
        this.file = file;
        this.line = line;
        this.tokens = key.tokens;
        this.wide = key.vocabulary > 1 << Short.SIZE;
    }

    /**
     * Opens the file of a key. One that is not there is made when the first picture is put into it.
     *
     * @param folder of the cache
     * @throws IOException when another process has it, or it cannot be read
     */
    public static TokenCache open(Path folder, Key key) throws IOException {
        byte[] line = key.line().getBytes(StandardCharsets.UTF_8);
        String name = HexFormat.of().formatHex(Arrays.copyOf(sha256(line), 12));
        TokenCache cache = new TokenCache(folder.resolve(name + ".tokens"), line, key);
        if (Files.exists(cache.file)) {
            cache.channel();
        }
        return cache;
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            return open;
        }
        Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        open = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(open, file);
            read(open);
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
        channel = open;
        return open;
    }

    private static void lock(FileChannel channel, Path file) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException(inUse(file), e);
        }
        throw new IOException(inUse(file));
    }

    private static String inUse(Path file) {
        return file + ": another run writes this token cache; wait for it or name another folder";
    }

    private int recordBytes() {
        return DIGEST_BYTES + tokens * (wide ? Integer.BYTES : Short.BYTES) + Integer.BYTES;
    }

    private void read(FileChannel open) throws IOException {
        long size = open.size();
        ByteBuffer head = ByteBuffer.allocate(line.length);
        readFully(open, head, 0);
        if (!Arrays.equals(head.array(), line)) {
            // Another key cannot have this name, so the file was torn or damaged where nothing can be told from it.
            open.truncate(0);
            writeFully(open, ByteBuffer.wrap(line), 0);
            end = line.length;
            return;
        }
        end = line.length;
        ByteBuffer entry = ByteBuffer.allocate(recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
        int perRead = Math.max(1, (1 << 20) / recordBytes());
        ByteBuffer chunk = ByteBuffer.allocate(perRead * recordBytes());
        while (size - end >= recordBytes()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), (size - end) / recordBytes() * recordBytes()));
            readFully(open, chunk, end);
            for (int at = 0; at < chunk.limit(); at += recordBytes()) {
                entry.put(0, chunk, at, recordBytes());
                if (entry.getInt(recordBytes() - Integer.BYTES) == checksum(entry)) {
                    positions.put(new Digest(entry.getLong(0), entry.getLong(Long.BYTES)), end + at);
                } else {
                    damaged++;
                }
            }
            end += chunk.limit();
        }
    }

    private int checksum(ByteBuffer entry) {
        CRC32C crc = new CRC32C();
        crc.update(entry.array(), 0, recordBytes() - Integer.BYTES);
        return (int) crc.getValue();
    }

    private static void readFully(FileChannel open, ByteBuffer buffer, long position) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            int read = open.read(buffer, at);
            if (read < 0) {
                return;
            }
            at += read;
        }
    }

    private static void writeFully(FileChannel open, ByteBuffer buffer, long position) throws IOException {
        long at = position;
        while (buffer.hasRemaining()) {
            at += open.write(buffer, at);
        }
    }

    /**
     * Looks a picture up.
     *
     * @param found takes its tokens from {@code offset} on
     * @return whether it is known
     */
    public boolean get(Digest digest, int[] found, int offset) throws IOException {
        Long position = positions.get(digest);
        if (position == null) {
            return false;
        }
        ByteBuffer entry = ByteBuffer.allocate(recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel(), entry, position);
        for (int i = 0; i < tokens; i++) {
            found[offset + i] = wide
                    ? entry.getInt(DIGEST_BYTES + i * Integer.BYTES)
                    : Short.toUnsignedInt(entry.getShort(DIGEST_BYTES + i * Short.BYTES));
        }
        return true;
    }

    /** Keeps the tokens of a picture that is not known yet. */
    public void put(Digest digest, int[] computed, int offset) throws IOException {
        ByteBuffer entry = ByteBuffer.allocate(recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
        entry.putLong(digest.high).putLong(digest.low);
        for (int i = 0; i < tokens; i++) {
            if (wide) {
                entry.putInt(computed[offset + i]);
            } else {
                entry.putShort((short) computed[offset + i]);
            }
        }
        entry.putInt(checksum(entry));
        FileChannel open = channel();
        writeFully(open, entry.flip(), end);
        positions.put(digest, end);
        end += recordBytes();
    }

    /** Number of pictures. */
    public int size() {
        return positions.size();
    }

    /** Records that did not match their checksum when the file was opened. */
    public int damaged() {
        return damaged;
    }

    /** Where it is. */
    public Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        if (open != null) {
            open.force(true);
            open.close();
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
