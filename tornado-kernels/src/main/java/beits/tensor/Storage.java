package beits.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Off-heap memory of one arena. In front of the data lie {@value #HEADER_ROOM} bytes, so that a TornadoVM array, which keeps a
 * short header right before its elements, can wrap the same memory without a copy while the data stay 64-byte aligned.
 */
public final class Storage implements AutoCloseable {
    /** Bytes in front of the data. */
    public static final int HEADER_ROOM = 64;

    private final java.lang.foreign.Arena owner;
    private final MemorySegment whole;
    private final MemorySegment data;
    private final ElementType type;
    private final long length;

    @SuppressWarnings("MustBeClosedChecker") // closed by close()
    private Storage(ElementType type, long length) {
        this.owner = java.lang.foreign.Arena.ofShared();
        this.whole = owner.allocate(HEADER_ROOM + Math.max(1, length) * ElementType.BYTES, HEADER_ROOM);
        this.data = whole.asSlice(HEADER_ROOM, length * ElementType.BYTES);
        this.type = type;
        this.length = length;
    }

    /**
     * Zeroed memory for {@code length} elements.
     *
     * @throws OutOfMemoryError when the machine has not that much
     */
    public static Storage allocate(ElementType type, long length) {
        return new Storage(type, length);
    }

    /** The elements, in the machine's byte order. */
    public MemorySegment data() {
        return data;
    }

    /** The data with {@code headerBytes} in front of them, as a TornadoVM array wants it. */
    public MemorySegment withHeader(int headerBytes) {
        if (headerBytes > HEADER_ROOM) {
            throw new IllegalArgumentException("a header of " + headerBytes + " bytes does not fit");
        }
        return whole.asSlice(HEADER_ROOM - headerBytes);
    }

    /** Type of the elements. */
    public ElementType type() {
        return type;
    }

    /** Number of elements. */
    public long length() {
        return length;
    }

    /** Gives the memory back; nobody may touch it afterwards. */
    @Override
    public void close() {
        owner.close();
    }
}
