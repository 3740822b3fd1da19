package beits.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/** Reads the bytes of a pickle one after the other; a length is believed only when so many bytes are there. */
final class PickleInput {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble BIG_DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int LONGEST_INTEGER = 256;
    private static final int LONGEST_LINE = 512;

    private final String source;
    private final MemorySegment bytes;
    private long position;

    PickleInput(String source, MemorySegment bytes) {
        this.source = source;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    /** The bytes from here on. */
    MemorySegment rest() {
        return bytes.asSlice(position);
    }

    CheckpointException malformed(String what) {
        return new CheckpointException(
                "%s: not a whole PyTorch file: %s at byte %d of the pickle; copy or download it again"
                        .formatted(source, what, position));
    }

    private long take(long count) throws CheckpointException {
        if (count < 0 || count > bytes.byteSize() - position) {
            throw malformed("%d bytes wanted where %d are left".formatted(count, bytes.byteSize() - position));
        }
        long at = position;
        position += count;
        return at;
    }

    int unsignedByte() throws CheckpointException {
        return bytes.get(ValueLayout.JAVA_BYTE, take(1)) & 0xff;
    }

    int unsignedShort() throws CheckpointException {
        return bytes.get(SHORT, take(2)) & 0xffff;
    }

    int signedInt() throws CheckpointException {
        return bytes.get(INT, take(4));
    }

    long unsignedInt() throws CheckpointException {
        return bytes.get(INT, take(4)) & 0xffffffffL;
    }

    long signedLong() throws CheckpointException {
        return bytes.get(LONG, take(8));
    }

    double bigEndianDouble() throws CheckpointException {
        return bytes.get(BIG_DOUBLE, take(8));
    }

    String text(long length, Charset charset) throws CheckpointException {
        long at = take(length);
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(bytes.asSlice(at, length).asByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed("a text that is no " + charset);
        }
    }

    /** A little-endian integer in two's complement. */
    BigInteger integer(long length) throws CheckpointException {
        if (length < 0 || length > LONGEST_INTEGER) {
            throw malformed("an integer of %d bytes".formatted(length));
        }
        long at = take(length);
        byte[] bigEndian = new byte[(int) length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[bigEndian.length - 1 - i] = bytes.get(ValueLayout.JAVA_BYTE, at + i);
        }
        return length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
    }

    /** Bytes up to the next line feed, one character each. */
    String line() throws CheckpointException {
        StringBuilder line = new StringBuilder();
        for (int next = unsignedByte(); next != '\n'; next = unsignedByte()) {
            if (line.length() == LONGEST_LINE) {
                throw malformed("a line of more than %d bytes".formatted(LONGEST_LINE));
            }
            line.append((char) next);
        }
        return line.toString();
    }
}
