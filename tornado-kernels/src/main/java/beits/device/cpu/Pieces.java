package beits.device.cpu;

/**
 * How work is cut for the threads: by its size alone, never by their number, so that every partial sum is the same for any number
 * of threads.
 */
final class Pieces {
    /** Elements of a piece of a flat pass: 64 KB an operand, some microseconds of work. */
    static final int ELEMENTS = 16384;
    /** Most partial sums of a reduction over rows. */
    private static final int PARTIAL_SUMS = 32;

    private Pieces() {}

    /** A range of rows or elements. */
    @FunctionalInterface
    interface Range {
        /** Works on {@code from} (inclusive) to {@code to} (exclusive). */
        void run(int from, int to);
    }

    /** A step over elements that do not depend on each other. */
    static Step elements(long size, Range range) {
        return pieces(Math.toIntExact(size), ELEMENTS, range);
    }

    /** A step over rows of {@code columns} elements that do not depend on each other. */
    static Step rows(int rows, long columns, Range range) {
        return pieces(rows, (int) Math.clamp(ELEMENTS / Math.max(1, columns), 1, ELEMENTS), range);
    }

    private static Step pieces(int count, int length, Range range) {
        int pieces = ceil(count, length);
        return Step.of(pieces, (worker, piece) -> {
            int from = piece * length;
            range.run(from, Math.min(count, from + length));
        });
    }

    /** Rows that go into one partial sum: at least 8 rows, at most {@value #PARTIAL_SUMS} sums. */
    static int rowsOfPartialSum(int rows) {
        return Math.max(8, ceil(rows, PARTIAL_SUMS));
    }

    static int ceil(int a, int b) {
        return (int) (((long) a + b - 1) / b);
    }
}
