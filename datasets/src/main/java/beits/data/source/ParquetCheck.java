package beits.data.source;

import beits.image.PictureException;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.RowGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Walks over the structure of a Parquet file before the Parquet library does, which takes all memory for a damaged length in the
 * footer, searches for ever for the end of a damaged page header and writes beyond its buffers where a packed page does. Both are Thrift structs in the compact protocol: nothing in
 * them may be longer than what follows, and the pages of a column chunk must lie inside it and hold as many values as the footer
 * says.
 */
final class ParquetCheck {
    private static final int BOOLEAN_TRUE = 1;
    private static final int BOOLEAN_FALSE = 2;
    private static final int BYTE = 3;
    private static final int SHORT = 4;
    private static final int INT = 5;
    private static final int LONG = 6;
    private static final int DOUBLE = 7;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int SET = 10;
    private static final int MAP = 11;
    private static final int STRUCT = 12;

    /** Fields of {@code PageHeader}; a data page's first field is its number of values. */
    private static final int UNCOMPRESSED_SIZE = 2;

    private static final int COMPRESSED_SIZE = 3;

    private static final int DATA_PAGE = 5;
    private static final int DICTIONARY_PAGE = 7;
    private static final int DATA_PAGE_V2 = 8;
    private static final int VALUES = 1;
    private static final int DEFINITION_LEVELS = 5;
    private static final int REPETITION_LEVELS = 6;
    private static final int IS_COMPRESSED = 7;

    /** More than Deflate, the best packer of zeros among the usual ones, can reach. */
    private static final long LARGEST_RATIO = 1100;

    private static final int TRAILER = 8;
    private static final int LONGEST_SNAPPY_PREFIX = 5;
    private static final int USUAL_HEADER = 1 << 12;
    private static final int LARGEST_HEADER = 1 << 24;
    private static final int DEEPEST = 16;

    private final String name;
    private final FileChannel channel;
    private ByteBuffer header = ByteBuffer.allocate(0);
    private long compressedSize;
    private long uncompressedSize;

    /** Bytes before the packed ones in a data page of version 2, and whether there are packed ones. */
    private long levels;

    private boolean packed = true;
    private long values;

    private ParquetCheck(Path file, FileChannel channel) {
        this.name = file.toString();
        this.channel = channel;
    }

    /** Thrown inside when a header goes on beyond the bytes that were read. */
    private static final class Underrun extends RuntimeException {
        private static final long serialVersionUID = 1;

        Underrun() {
            super("a page header that does not end", null, false, false);
        }
    }

    /**
     * Refuses a file whose footer is damaged.
     *
     * @throws PictureException when something in it is longer than the rest of it
     */
    static void footer(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ParquetCheck check = new ParquetCheck(file, channel);
            if (channel.size() < TRAILER) {
                throw check.damaged("%d bytes".formatted(channel.size()));
            }
            long end = channel.size() - TRAILER;
            int length = ByteBuffer.wrap(ByteRanges.read(channel, end, TRAILER, check.name))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            if (length < 0 || length > end) {
                throw check.damaged("a footer of %d bytes".formatted(length));
            }
            check.header = ByteBuffer.wrap(ByteRanges.read(channel, end - length, length, check.name));
            try {
                // Only the lengths matter here, so no field is taken for one of a page header.
                check.struct(1, 0);
            } catch (Underrun e) {
                throw check.damaged("a footer that does not end");
            }
        }
    }

    /**
     * Refuses a file whose pages are damaged.
     *
     * @throws PictureException when they do not fit their column chunks
     */
    static void pages(Path file, FileMetaData footer) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ParquetCheck check = new ParquetCheck(file, channel);
            for (RowGroup group : footer.rowGroups()) {
                for (ColumnChunk chunk : group.columns()) {
                    check.pages(chunk);
                }
            }
        }
    }

    private void pages(ColumnChunk chunk) throws IOException {
        long position = chunk.chunkStartOffset();
        long length = chunk.metaData().totalCompressedSize();
        if (position < 0 || length < 0 || position > channel.size() - length) {
            throw damaged("a column outside of the file");
        }
        long end = position + length;
        values = 0;
        while (values < chunk.metaData().numValues()) {
            int headerLength = read(position, end);
            if (compressedSize < 0 || compressedSize > end - position - headerLength) {
                throw damaged("a page outside of its column");
            }
            if (uncompressedSize < 0 || uncompressedSize / LARGEST_RATIO > compressedSize) {
                throw damaged("a page of %d bytes that unpacks to %d".formatted(compressedSize, uncompressedSize));
            }
            if (chunk.metaData().codec() == CompressionCodec.SNAPPY && packed) {
                snappy(position + headerLength);
            }
            position += headerLength + compressedSize;
        }
    }

    /** Snappy's native code unpacks as much as the block itself declares, into a buffer of the size that the header declares. */
    private void snappy(long position) {
        int prefix = (int) Math.min(Math.max(0, compressedSize - levels), LONGEST_SNAPPY_PREFIX);
        if (prefix == 0) {
            throw damaged("levels longer than their page");
        }
        header = ByteBuffer.wrap(ByteRanges.read(channel, position + levels, prefix, name));
        try {
            if (varint() > uncompressedSize - levels) {
                throw damaged("a page that unpacks to more than it declares");
            }
        } catch (Underrun e) {
            throw damaged("a page that ends too early");
        }
    }

    /** Reads the header there and returns its length. */
    private int read(long position, long end) throws IOException {
        for (long limit = USUAL_HEADER; ; limit *= 16) {
            int length = (int) Math.min(end - position, Math.min(limit, LARGEST_HEADER));
            header = ByteBuffer.wrap(ByteRanges.read(channel, position, length, name));
            long before = values;
            compressedSize = -1;
            uncompressedSize = -1;
            levels = 0;
            packed = true;
            try {
                struct(0, 0);
                return header.position();
            } catch (Underrun e) {
                if (length < limit) {
                    throw damaged(String.valueOf(e.getMessage()));
                }
                values = before;
            }
        }
    }

    private PictureException damaged(String what) {
        return new PictureException(name, "not a whole Parquet file: " + what);
    }

    /**
     * Reads a struct; of the header itself (depth 0) and of a data page's (depth 1) the fields that matter are kept.
     *
     * @param parent the field that it stands in
     */
    private void struct(int depth, int parent) {
        if (depth > DEEPEST) {
            throw damaged("structs in too many layers");
        }
        int field = 0;
        while (true) {
            int lead = unsigned();
            if (lead == 0) {
                return;
            }
            int type = lead & 0xf;
            int previous = field;
            field = lead >> 4 == 0 ? size() : field + (lead >> 4);
            if (field <= previous || !known(depth, parent, field, type)) {
                throw damaged("a page header with a field that no page has");
            }
            if (depth == 0 && field == COMPRESSED_SIZE) {
                compressedSize = size();
            } else if (depth == 0 && field == UNCOMPRESSED_SIZE) {
                uncompressedSize = size();
            } else if (depth == 1 && field == VALUES && (parent == DATA_PAGE || parent == DATA_PAGE_V2)) {
                values += size();
            } else if (depth == 1
                    && parent == DATA_PAGE_V2
                    && (field == DEFINITION_LEVELS || field == REPETITION_LEVELS)) {
                levels += size();
            } else if (depth == 1 && parent == DATA_PAGE_V2 && field == IS_COMPRESSED) {
                packed = type == BOOLEAN_TRUE;
            } else if (type == STRUCT) {
                struct(depth + 1, field);
            } else {
                skip(type, depth);
            }
        }
    }

    /** Whether a page header has such a field; what lies deeper and the footer are not looked at. */
    private static boolean known(int depth, int parent, int field, int type) {
        boolean flag = type == BOOLEAN_TRUE || type == BOOLEAN_FALSE;
        if (depth == 0) {
            return field <= 4 ? type == INT : field <= DATA_PAGE_V2 && type == STRUCT;
        }
        if (depth > 1) {
            return true;
        }
        return switch (parent) {
            case DATA_PAGE -> field <= 4 ? type == INT : field == 5 && type == STRUCT;
            case DICTIONARY_PAGE -> field <= 2 ? type == INT : field == 3 && flag;
            case DATA_PAGE_V2 ->
                field <= REPETITION_LEVELS ? type == INT : field == IS_COMPRESSED ? flag : field == 8 && type == STRUCT;
            default -> true;
        };
    }

    private void skip(int type, int depth) {
        switch (type) {
            case BOOLEAN_TRUE, BOOLEAN_FALSE -> {}
            case BYTE -> bytes(1);
            case SHORT, INT, LONG -> varint();
            case DOUBLE -> bytes(Double.BYTES);
            case BINARY -> bytes(varint());
            case LIST, SET -> {
                int lead = unsigned();
                long count = lead >> 4 == 0xf ? varint() : lead >> 4;
                elements(count, lead & 0xf, depth);
            }
            case MAP -> {
                long count = varint();
                int types = count == 0 ? 0 : unsigned();
                for (long i = 0; i < count; i++) {
                    elements(1, types >> 4, depth);
                    elements(1, types & 0xf, depth);
                }
            }
            case STRUCT -> struct(depth + 1, 0);
            default -> throw damaged("a field of no type");
        }
    }

    /** Elements of a collection; unlike fields, booleans take a byte there. */
    private void elements(long count, int type, int depth) {
        for (long i = 0; i < count; i++) {
            skip(type == BOOLEAN_TRUE || type == BOOLEAN_FALSE ? BYTE : type, depth);
        }
    }

    private void bytes(long count) {
        if (count < 0 || count > LARGEST_HEADER) {
            throw damaged("a field of %d bytes".formatted(count));
        }
        if (count > header.remaining()) {
            throw new Underrun();
        }
        header.position(header.position() + (int) count);
    }

    private int unsigned() {
        if (!header.hasRemaining()) {
            throw new Underrun();
        }
        return header.get() & 0xff;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int part = unsigned();
            value |= (long) (part & 0x7f) << shift;
            if (part < 0x80) {
                return value;
            }
        }
        throw damaged("a number of too many bytes");
    }

    /** A number that must be a size: an {@code i32} that is not negative. */
    private int size() {
        long coded = varint();
        long value = coded >>> 1 ^ -(coded & 1);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw damaged("a size of %d".formatted(value));
        }
        return (int) value;
    }
}
