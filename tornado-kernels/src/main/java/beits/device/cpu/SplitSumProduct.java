package beits.device.cpu;

import beits.kernel.Epilogue;
import beits.kernel.MatMul;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Product {@code Aᵀ·B} with long sums and a small result, such as the gradient of a narrow layer's weight, a sum over all tokens.
 * The sums are cut (split-K), as the result gives too little to cut: a piece packs its rows of both factors, which no other piece
 * reads, and adds up a result of its own that stays in the second-level cache; these are then added in order. The five such
 * products of a tiny model's training step took 33 instead of 39 ms of some 140 (means of five runs, two cores of Zen 4).
 */
final class SplitSumProduct implements Step {
    /** Largest result: with a chunk of both factors it fills a second-level cache of 1 MB. */
    private static final int LARGEST_RESULT = 65536;
    /** Pieces of the sums, by which threads are kept busy; each gives a result that is written and read once more. */
    private static final int PARTS = 8;
    /** Shortest sum of a piece. */
    private static final int SHORTEST_PART = 128;
    /** Most rows that are packed at once: a panel of B then fits the first-level cache. */
    private static final int CHUNK = 200;

    private final MicroKernel kernel;
    private final Scratch scratch;
    private final MemorySegment a;
    private final MemorySegment b;
    private final int m;
    private final int n;
    private final int k;
    private final int pitch;
    private final int bAt;
    private final int tileAt;
    private final Step steps;

    /** Whether a product is one of these. */
    static boolean fits(MatMul product) {
        return product.transposeA()
                && !product.transposeB()
                && product.epilogue() instanceof Epilogue.None
                && (long) product.m() * product.n() <= LARGEST_RESULT
                && product.k() >= PARTS * SHORTEST_PART;
    }

    SplitSumProduct(MatMul product, Memory memory, Scratch scratch, MicroKernel kernel) {
        this.kernel = kernel;
        this.scratch = scratch;
        this.a = memory.of(product.a());
        this.b = memory.of(product.b());
        this.m = product.m();
        this.n = product.n();
        this.k = product.k();
        this.pitch = Pieces.ceil(n, Lanes.COUNT) * Lanes.COUNT;
        this.bAt = Scratch.START + aligned(Pieces.ceil(m, kernel.rows()) * kernel.rows() * CHUNK);
        this.tileAt = bAt + aligned(Pieces.ceil(n, kernel.columns()) * kernel.columns() * CHUNK);
        scratch.reserveOwn(tileAt + (long) kernel.rows() * kernel.columns());
        scratch.reserveCommon(Scratch.START + (long) PARTS * m * pitch);
        MemorySegment c = memory.of(product.c());
        this.steps = Step.sequence(Step.of(PARTS, this::addPart), Pieces.rows(m, (long) PARTS * n, (from, to) -> {
            for (int row = from; row < to; row++) {
                total(row, c, product.accumulate());
            }
        }));
    }

    private static int aligned(int values) {
        return Pieces.ceil(values, 16) * 16;
    }

    @Override
    public void run(WorkerPool pool) {
        steps.run(pool);
    }

    private int result(int part) {
        return Scratch.START + part * m * pitch;
    }

    private void addPart(int worker, int part) {
        float[] own = scratch.own(worker);
        int from = (int) ((long) part * k / PARTS);
        int to = (int) ((long) (part + 1) * k / PARTS);
        int chunks = Pieces.ceil(to - from, CHUNK);
        for (int chunk = 0; chunk < chunks; chunk++) {
            int first = from + (int) ((long) chunk * (to - from) / chunks);
            int length = from + (int) ((long) (chunk + 1) * (to - from) / chunks) - first;
            pack(a, m, first, length, own, Scratch.START, kernel.rows(), kernel.panelRows((m - 1) % kernel.rows() + 1));
            pack(b, n, first, length, own, bAt, kernel.columns(), kernel.panelColumns((n - 1) % kernel.columns() + 1));
            for (int column = 0; column < n; column += kernel.columns()) {
                multiplyPanel(own, column, length, result(part) + column, chunk > 0);
            }
        }
    }

    private static void pack(
            MemorySegment source, int columns, int first, int length, float[] own, int at, int width, int lastWidth) {
        Packing.columns(source, (long) first * columns, columns, columns, length, own, at, width, lastWidth);
    }

    /** All rows by one panel of B. A method of its own because it is called often and so is compiled early. */
    private void multiplyPanel(float[] own, int column, int length, int to, boolean add) {
        int width = kernel.panelColumns(Math.min(kernel.columns(), n - column));
        int present = Math.min(width, pitch - column);
        int panelOfB = bAt + column * length;
        for (int row = 0; row < m; row += kernel.rows()) {
            int rows = Math.min(kernel.rows(), m - row);
            int panelOfA = Scratch.START + row * length;
            kernel.multiply(
                    kernel.panelRows(rows), width, own, panelOfA, own, panelOfB, length, own, tileAt, kernel.columns());
            if (add) {
                addTile(own, tileAt, kernel.columns(), rows, present, scratch.common(), to + row * pitch, pitch);
            } else {
                copyTile(own, tileAt, kernel.columns(), rows, present, scratch.common(), to + row * pitch, pitch);
            }
        }
    }

    private static void addTile(
            float[] tile, int at, int stride, int rows, int columns, float[] result, int to, int pitch) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j += Lanes.COUNT) {
                int place = to + i * pitch + j;
                Lanes.load(tile, at + i * stride + j)
                        .add(Lanes.load(result, place))
                        .intoArray(result, place);
            }
        }
    }

    private static void copyTile(
            float[] tile, int at, int stride, int rows, int columns, float[] result, int to, int pitch) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(tile, at + i * stride, result, to + i * pitch, columns);
        }
    }

    /** Adds up a row of the results. */
    private void total(int row, MemorySegment c, boolean accumulate) {
        float[] results = scratch.common();
        long to = (long) row * n;
        for (int j = 0; j < n; j += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(n - j);
            FloatVector sum = accumulate ? Lanes.load(c, to + j, present) : Lanes.zero();
            for (int part = 0; part < PARTS; part++) {
                sum = sum.add(Lanes.load(results, result(part) + row * pitch + j));
            }
            Lanes.store(sum, c, to + j, present);
        }
    }
}
