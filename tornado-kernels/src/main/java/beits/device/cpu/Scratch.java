package beits.device.cpu;

/**
 * Heap memory that steps share because they run one after another: one array for all workers and one for each. Steps say at
 * binding how much they need and fetch the arrays when they run.
 */
final class Scratch {
    /**
     * Where to begin in an array so that vectors do not cross cache lines: arrays this large begin at a region of the garbage
     * collector and their elements 16 bytes later. Worth 3 % in products; were it otherwise, only that would be lost.
     */
    static final int START = 12;

    private static final int LEAST = 1 << 20;

    private final float[][] own;
    private float[] common = new float[0];
    private int ownSize = LEAST;
    private int commonSize = LEAST;

    Scratch(int workers) {
        this.own = new float[workers][0];
    }

    /** Number of workers. */
    int workers() {
        return own.length;
    }

    /** Makes the common array hold at least so many values. */
    void reserveCommon(long values) {
        commonSize = Math.max(commonSize, Math.toIntExact(values));
    }

    /** Makes each worker's array hold at least so many values. */
    void reserveOwn(long values) {
        ownSize = Math.max(ownSize, Math.toIntExact(values));
    }

    /** Allocates what was asked for. */
    void allocate() {
        common = new float[commonSize];
        for (int worker = 0; worker < own.length; worker++) {
            own[worker] = new float[ownSize];
        }
    }

    /** The array of all workers. */
    float[] common() {
        return common;
    }

    /** The array of one worker. */
    float[] own(int worker) {
        return own[worker];
    }

    /** Bytes in all arrays. */
    long bytes() {
        return ((long) commonSize + (long) own.length * ownSize) * Float.BYTES;
    }
}
