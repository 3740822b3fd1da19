package beits.device.tornado;

/**
 * How a sum over rows is cut: the number of blocks follows from the rows alone, so the order of the sum is the same on every device.
 *
 * @param count blocks
 * @param height rows of a block
 */
record Blocks(int count, int height) {
    private static final int MOST = 64;
    private static final int SMALLEST = 32;

    static Blocks of(int rows) {
        int height = Math.max(SMALLEST, Math.ceilDiv(rows, MOST));
        return new Blocks(Math.ceilDiv(rows, height), height);
    }
}
