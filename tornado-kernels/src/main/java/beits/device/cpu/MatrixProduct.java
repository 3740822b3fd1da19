package beits.device.cpu;

import beits.kernel.MatMul;
import java.lang.foreign.MemorySegment;

/**
 * Matrix product by packed panels (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication"): columns in blocks,
 * sums in blocks, B packed by all threads together, then each thread packs a block of rows of A and runs the micro-kernel over it.
 * Of a small B each thread packs a copy of its own. A sum is cut by its length alone, so the split of rows and columns over threads
 * does not change a bit.
 */
final class MatrixProduct implements Step {
    /** Columns of a packed block of B. */
    private static final int COLUMN_BLOCK = 3072;
    /**
     * Longest part of a sum: most layers' sums in one, so that C is written once and never read, weight gradients of eight pictures of
     * 197 tokens as well (in two parts 3072x768x1576 took 22.3 to 22.9 ms, in one 20.7).
     */
    private static final int DEPTH_BLOCK = 1600;
    /** Elements of a packed block of A: 442 KB, inside a second-level cache of 1 MB. */
    private static final int ROW_BLOCK_SIZE = 110592;
    /**
     * Most panels of B that a piece of the packing takes: half a KB of each row of a matrix that is read straight. More panels lie in
     * the same few sets of the first-level cache: with eight 768x2304 takes 0.52 instead of 0.31 ms.
     */
    private static final int PANELS_AT_ONCE = 4;
    /** Panels of A that use a panel of B in turn, at least, where B fits no second-level cache and is read again by each block. */
    private static final int FAR_PANELS = 8;
    /**
     * Most elements of a B that each thread packs for itself: threads then neither wait for each other nor fetch what another one
     * packed. On two cores, a cache line's way to the other one and back taking 400 to 435 ns, 197x197x64 and 197x64x197 take 21 and
     * 19 instead of 28 and 26 us.
     */
    private static final int OWN_COPY_SIZE = 32768;
    /** Rows for each thread from which copies are made: by fewer, a copy that another thread makes too would be used too little. */
    private static final int OWN_COPY_ROWS = 64;
    /** Ints between two threads' notes: two cache lines. */
    private static final int APART = 32;
    /** Below this a region of threads costs more than it saves. */
    private static final long SHARED_FLOPS = 500_000;

    private final MicroKernel kernel;
    private final Scratch scratch;
    private final MemorySegment a;
    private final MemorySegment b;
    private final boolean transposeA;
    private final boolean transposeB;
    private final boolean accumulate;
    private final int m;
    private final int n;
    private final int k;
    private final long aStride;
    private final long bStride;
    private final int depth;
    private final int rowPanels;
    private final int rowBlocks;
    private final int columnParts;
    private final int panelsAtOnce;
    private final int tileAt;
    private final boolean shared;
    private final boolean rowsAsTheyLie;
    private final boolean ownCopies;
    private final int copyAt;
    private final int[] copied;
    private final TileStore store;
    private final WorkerPool.Body packing = (worker, piece) -> packPanels(piece);
    private final WorkerPool.Body multiplication = this::multiplyBlock;

    private int column;
    private int columns;
    private int first;
    private int length;
    /** Counts the blocks of B, so that a thread sees whether its copy is of this one. */
    private int blockOfB;

    MatrixProduct(MatMul product, Memory memory, Scratch scratch, MicroKernel kernel) {
        this.kernel = kernel;
        this.scratch = scratch;
        this.a = memory.of(product.a());
        this.b = memory.of(product.b());
        this.transposeA = product.transposeA();
        this.transposeB = product.transposeB();
        this.accumulate = product.accumulate();
        this.m = product.m();
        this.n = product.n();
        this.k = product.k();
        this.aStride = product.a().shape().columns();
        this.bStride = product.b().shape().columns();
        this.store = new TileStore(memory.of(product.c()), n, product.epilogue(), memory);
        int parts = Math.max(1, ceil(k, DEPTH_BLOCK));
        this.depth = ceil(k, parts);
        this.rowPanels = ceil(m, kernel.rows());
        this.shared = product.flops() >= SHARED_FLOPS;
        // So little is multiplied by each row that transposing rows into panels weighs: 50x32x50 takes 2.3 us without
        // it and 2.7 with it.
        this.rowsAsTheyLie = !shared && !transposeA && k <= MicroKernel.ROW_STRIDE;
        int rowLength = rowsAsTheyLie ? MicroKernel.ROW_STRIDE : depth;
        int largest = Math.max(1, ROW_BLOCK_SIZE / Math.max(1, rowLength) / kernel.rows());
        int workers = shared ? scratch.workers() : 1;
        int wanted = workers == 1 ? 1 : 4 * workers;
        int columnPanels = ceil(Math.min(n, COLUMN_BLOCK), kernel.columns());
        boolean far = (long) columnPanels * kernel.columns() * depth > ROW_BLOCK_SIZE;
        int blocks = Math.max(ceil(rowPanels, largest), Math.min(wanted, ceil(rowPanels, far ? FAR_PANELS : 2)));
        this.rowBlocks = Math.min(Math.max(1, rowPanels), ceil(blocks, workers) * workers);
        long sizeOfB = (long) columnPanels * kernel.columns() * depth;
        this.ownCopies = workers == 1 || (sizeOfB <= OWN_COPY_SIZE && m >= OWN_COPY_ROWS * workers);
        this.columnParts =
                ownCopies ? 1 : Math.clamp(ceil(2 * workers, Math.max(1, rowBlocks)), 1, Math.max(1, columnPanels));
        this.panelsAtOnce = ownCopies ? PANELS_AT_ONCE : Math.clamp(ceil(columnPanels, wanted), 1, PANELS_AT_ONCE);
        int blockPanels = ceil(rowPanels, Math.max(1, rowBlocks));
        this.tileAt = Scratch.START + ceil(blockPanels * kernel.rows() * rowLength, 16) * 16;
        this.copyAt = tileAt + kernel.rows() * kernel.columns();
        this.copied = new int[workers * APART];
        scratch.reserveOwn(copyAt + (ownCopies ? sizeOfB : 0));
        scratch.reserveCommon(Scratch.START + (ownCopies ? 0 : sizeOfB));
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }

    @Override
    public void run(WorkerPool pool) {
        if (m == 0 || n == 0) {
            return;
        }
        for (column = 0; column < n; column += COLUMN_BLOCK) {
            columns = Math.min(COLUMN_BLOCK, n - column);
            first = 0;
            do {
                length = Math.min(depth, k - first);
                blockOfB++;
                if (!ownCopies) {
                    pool.forEach(pieces(), packing);
                }
                if (shared) {
                    pool.forEach(rowBlocks * columnParts, multiplication);
                } else {
                    pool.inOrder(rowBlocks * columnParts, multiplication);
                }
                first += depth;
            } while (first < k);
        }
    }

    /** Pieces that the packing of B is cut into. */
    private int pieces() {
        return ceil(columns, panelsAtOnce * kernel.columns());
    }

    private void packPanels(int piece) {
        packPanels(piece, scratch.common(), Scratch.START);
    }

    /** Packs some neighbouring panels of B. */
    private void packPanels(int piece, float[] target, int start) {
        int width = kernel.columns();
        int from = piece * panelsAtOnce * width;
        int to = Math.min(columns, from + panelsAtOnce * width);
        int lastWidth = kernel.panelColumns((to - from - 1) % width + 1);
        if (!transposeB) {
            long corner = first * bStride + column + from;
            Packing.columns(b, corner, bStride, to - from, length, target, start + from * length, width, lastWidth);
            return;
        }
        for (int j = from; j < to; j += width) {
            int present = Math.min(width, to - j);
            Packing.rows(
                    b,
                    (column + j) * bStride + first,
                    bStride,
                    present,
                    length,
                    target,
                    start + j * length,
                    present == width ? width : lastWidth);
        }
    }

    /** Packs all of a small B for one worker, once for each block of B. */
    private void copyB(int worker, float[] own) {
        if (ownCopies && copied[worker * APART] != blockOfB) {
            for (int piece = 0; piece < pieces(); piece++) {
                packPanels(piece, own, copyAt);
            }
            copied[worker * APART] = blockOfB;
        }
    }

    /** Packs some panels of A for one worker. */
    private void packBlock(float[] own, int fromPanel, int toPanel) {
        int width = kernel.rows();
        int from = fromPanel * width;
        int to = Math.min(m, toPanel * width);
        if (rowsAsTheyLie) {
            Packing.copy(a, from * aStride, aStride, to - from, k, own, MicroKernel.ROW_STRIDE);
            return;
        }
        int lastWidth = kernel.panelRows((to - from - 1) % width + 1);
        if (transposeA) {
            Packing.columns(a, first * aStride + from, aStride, to - from, length, own, 0, width, lastWidth);
            return;
        }
        for (int i = from; i < to; i += width) {
            int present = Math.min(width, to - i);
            Packing.rows(
                    a,
                    i * aStride + first,
                    aStride,
                    present,
                    length,
                    own,
                    (i - from) * length,
                    present == width ? width : lastWidth);
        }
    }

    private void multiplyBlock(int worker, int piece) {
        int block = piece / columnParts;
        int part = piece % columnParts;
        int fromPanel = (int) ((long) block * rowPanels / rowBlocks);
        int toPanel = (int) ((long) (block + 1) * rowPanels / rowBlocks);
        float[] own = scratch.own(worker);
        copyB(worker, own);
        packBlock(own, fromPanel, toPanel);
        int panels = ceil(columns, kernel.columns());
        int fromColumn = (int) ((long) part * panels / columnParts);
        int toColumn = (int) ((long) (part + 1) * panels / columnParts);
        for (int columnPanel = fromColumn; columnPanel < toColumn; columnPanel++) {
            multiplyPanel(own, fromPanel, toPanel, columnPanel * kernel.columns());
        }
    }

    /** Multiplies a block of rows by one panel of B. A method of its own because it is called often and so is compiled early. */
    private void multiplyPanel(float[] own, int fromPanel, int toPanel, int j) {
        boolean add = accumulate || first > 0;
        boolean last = first + length >= k;
        int presentColumns = Math.min(kernel.columns(), columns - j);
        int width = kernel.panelColumns(presentColumns);
        float[] panelsOfB = ownCopies ? own : scratch.common();
        int panelOfB = (ownCopies ? copyAt : Scratch.START) + j * length;
        for (int panel = fromPanel; panel < toPanel; panel++) {
            int i = panel * kernel.rows();
            int presentRows = Math.min(kernel.rows(), m - i);
            int rows = kernel.panelRows(presentRows);
            if (rowsAsTheyLie) {
                int row = (i - fromPanel * kernel.rows()) * MicroKernel.ROW_STRIDE;
                kernel.multiplyRows(rows, width, own, row, panelsOfB, panelOfB, length, own, tileAt, kernel.columns());
            } else {
                int panelOfA = (i - fromPanel * kernel.rows()) * length;
                kernel.multiply(rows, width, own, panelOfA, panelsOfB, panelOfB, length, own, tileAt, kernel.columns());
            }
            store.finish(own, tileAt, kernel.columns(), presentRows, presentColumns, i, column + j, add, last);
        }
    }
}
