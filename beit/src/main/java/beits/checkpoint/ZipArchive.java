package beits.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A zip archive in memory (PKWARE APPNOTE, with Zip64). Stored entries are parts of the mapped file and take no memory;
 * compressed ones are inflated within a limit for the whole archive. The JDK's own reader does not tell where an entry lies,
 * which is what makes reading without a copy possible.
 */
final class ZipArchive {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int LOCAL_SIZE = 30;
    private static final int CENTRAL_SIZE = 46;
    private static final int END_SIZE = 22;
    private static final int END_64_SIZE = 56;
    private static final int LOCATOR_64_SIZE = 20;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int MOST_ENTRIES = 200_000;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int CHUNK = 1 << 24;
    private static final long ALWAYS_INFLATED = 1L << 26;
    private static final long LARGEST_RATIO = 16;

    private final String source;
    private final MemorySegment file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, MemorySegment> checked = new HashMap<>();
    private long inflated;

    /** Where an entry's bytes lie, packed as its method says. */
    private record Entry(int method, long crc, long packedSize, long size, long at) {}

    /**
     * Reads the directory.
     *
     * @param source name of the file, for messages
     * @throws CheckpointException when it is no whole archive
     */
    ZipArchive(String source, MemorySegment file) throws CheckpointException {
        this.source = source;
        this.file = file;
        try {
            readDirectory();
        } catch (IndexOutOfBoundsException e) {
            throw new CheckpointException(message("a directory that points outside the file"), e);
        }
    }

    /** Names of the entries, in the order of the directory. */
    Set<String> names() {
        return entries.keySet();
    }

    /** Bytes of an entry when unpacked, -1 when there is none. */
    long size(String name) {
        Entry entry = entries.get(name);
        return entry == null ? -1 : entry.size();
    }

    /**
     * The bytes of an entry, with its checksum checked.
     *
     * @throws CheckpointException when they are damaged, missing or too many
     */
    MemorySegment bytes(String name) throws CheckpointException {
        MemorySegment known = checked.get(name);
        if (known != null) {
            return known;
        }
        Entry entry = entries.get(name);
        if (entry == null) {
            throw broken("no entry " + name);
        }
        MemorySegment packed = file.asSlice(entry.at(), entry.packedSize());
        MemorySegment bytes = entry.method() == STORED ? packed : inflate(name, entry, packed);
        CRC32 crc = new CRC32();
        for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
            crc.update(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
        }
        if (crc.getValue() != entry.crc()) {
            throw broken("an entry " + name + " that does not match its checksum");
        }
        checked.put(name, bytes);
        return bytes;
    }

    private void readDirectory() throws CheckpointException {
        long end = findEnd();
        long count = file.get(SHORT, end + 10) & 0xffff;
        long size = file.get(INT, end + 12) & 0xffffffffL;
        long start = file.get(INT, end + 16) & 0xffffffffL;
        long locator = end - LOCATOR_64_SIZE;
        if (locator >= 0 && file.get(INT, locator) == LOCATOR_64) {
            long end64 = file.get(LONG, locator + 8);
            if (end64 < 0 || end64 > locator - END_64_SIZE || file.get(INT, end64) != END_64) {
                throw broken("a Zip64 end that is none");
            }
            count = file.get(LONG, end64 + 32);
            size = file.get(LONG, end64 + 40);
            start = file.get(LONG, end64 + 48);
        }
        if (start < 0 || size < 0 || size > end || start > end - size) {
            throw broken("a directory of %d bytes at %d of %d".formatted(size, start, file.byteSize()));
        }
        if (count < 0 || count > MOST_ENTRIES || count > size / CENTRAL_SIZE) {
            throw broken("a directory of %d entries in %d bytes".formatted(count, size));
        }
        long at = start;
        for (long i = 0; i < count; i++) {
            at = readEntry(at, start, start + size);
        }
        if (at != start + size) {
            throw broken("%d bytes behind the last entry of the directory".formatted(start + size - at));
        }
    }

    private long findEnd() throws CheckpointException {
        long last = file.byteSize() - END_SIZE;
        for (long at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
            if (file.get(INT, at) == END && (file.get(SHORT, at + 20) & 0xffff) == last - at) {
                return at;
            }
        }
        throw broken("no directory at its end, as if it were truncated");
    }

    private long readEntry(long at, long directory, long directoryEnd) throws CheckpointException {
        if (at > directoryEnd - CENTRAL_SIZE || file.get(INT, at) != CENTRAL) {
            throw broken("a directory entry that is none");
        }
        int flags = file.get(SHORT, at + 8) & 0xffff;
        int method = file.get(SHORT, at + 10) & 0xffff;
        long crc = file.get(INT, at + 16) & 0xffffffffL;
        long packedSize = file.get(INT, at + 20) & 0xffffffffL;
        long size = file.get(INT, at + 24) & 0xffffffffL;
        int nameLength = file.get(SHORT, at + 28) & 0xffff;
        int extraLength = file.get(SHORT, at + 30) & 0xffff;
        int commentLength = file.get(SHORT, at + 32) & 0xffff;
        long local = file.get(INT, at + 42) & 0xffffffffL;
        long extra = at + CENTRAL_SIZE + nameLength;
        long next = extra + extraLength + commentLength;
        if (next > directoryEnd) {
            throw broken("a directory entry beyond the directory");
        }
        String name = text(at + CENTRAL_SIZE, nameLength);
        for (long field = extra; field + 4 <= extra + extraLength; ) {
            int id = file.get(SHORT, field) & 0xffff;
            int length = file.get(SHORT, field + 2) & 0xffff;
            long value = field + 4;
            long fieldEnd = value + length;
            if (fieldEnd > extra + extraLength) {
                throw broken("a directory entry with a field beyond its end");
            }
            if (id == 1) {
                if (size == 0xffffffffL && value + 8 <= fieldEnd) {
                    size = file.get(LONG, value);
                    value += 8;
                }
                if (packedSize == 0xffffffffL && value + 8 <= fieldEnd) {
                    packedSize = file.get(LONG, value);
                    value += 8;
                }
                if (local == 0xffffffffL && value + 8 <= fieldEnd) {
                    local = file.get(LONG, value);
                }
            }
            field = fieldEnd;
        }
        if ((flags & 1) != 0 || method != STORED && method != DEFLATED) {
            throw broken("an entry %s that is encrypted or packed by method %d".formatted(name, method));
        }
        if (local < 0 || local > directory - LOCAL_SIZE || file.get(INT, local) != LOCAL) {
            throw broken("an entry " + name + " that is nowhere in the file");
        }
        int localNameLength = file.get(SHORT, local + 26) & 0xffff;
        int localExtraLength = file.get(SHORT, local + 28) & 0xffff;
        long data = local + LOCAL_SIZE + localNameLength + localExtraLength;
        if (data > directory || packedSize < 0 || packedSize > directory - data || size < 0) {
            throw broken("an entry %s of %d bytes beyond the file".formatted(name, packedSize));
        }
        if (localNameLength != nameLength
                || file.asSlice(local + LOCAL_SIZE, nameLength).mismatch(file.asSlice(at + CENTRAL_SIZE, nameLength))
                        >= 0
                || method == STORED && size != packedSize) {
            throw broken("an entry %s that differs from the directory".formatted(name));
        }
        if (entries.put(name, new Entry(method, crc, packedSize, size, data)) != null) {
            throw broken("two entries called " + name);
        }
        return next;
    }

    private String text(long at, int length) {
        return StandardCharsets.UTF_8
                .decode(file.asSlice(at, length).asByteBuffer())
                .toString();
    }

    private MemorySegment inflate(String name, Entry entry, MemorySegment packed) throws CheckpointException {
        long allowed = Math.max(ALWAYS_INFLATED, Math.multiplyExact(LARGEST_RATIO, file.byteSize()));
        if (entry.size() > allowed - inflated || entry.size() > Integer.MAX_VALUE - 16) {
            throw broken("an entry %s that unpacks to %d bytes".formatted(name, entry.size()));
        }
        inflated += entry.size();
        byte[] bytes = new byte[(int) entry.size()];
        Inflater inflater = new Inflater(true);
        try {
            int filled = 0;
            long fed = 0;
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    if (fed == packed.byteSize()) {
                        throw broken("an entry %s that ends early".formatted(name));
                    }
                    long piece = Math.min(CHUNK, packed.byteSize() - fed);
                    inflater.setInput(packed.asSlice(fed, piece).asByteBuffer());
                    fed += piece;
                }
                int more = inflater.inflate(bytes, filled, bytes.length - filled);
                filled += more;
                if (more == 0 && filled == bytes.length && !inflater.finished() && !inflater.needsInput()) {
                    throw broken("an entry %s that is larger than it says".formatted(name));
                }
                if (inflater.needsDictionary()) {
                    throw broken("an entry %s that needs a dictionary".formatted(name));
                }
            }
            if (filled != bytes.length) {
                throw broken("an entry %s that is smaller than it says".formatted(name));
            }
        } catch (DataFormatException e) {
            throw new CheckpointException(message("an entry " + name + " that cannot be unpacked"), e);
        } finally {
            inflater.end();
        }
        return MemorySegment.ofArray(bytes);
    }

    private CheckpointException broken(String what) {
        return new CheckpointException(message(what));
    }

    private String message(String what) {
        String shortened = what.length() <= 300 ? what : what.substring(0, 300) + "…";
        return source + ": not a whole zip archive: " + shortened.replaceAll("\\p{Cntrl}", "?")
                + "; copy or download it again";
    }
}
