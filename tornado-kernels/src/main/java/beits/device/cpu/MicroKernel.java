package beits.device.cpu;

import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost product: a tile of C held in registers while k runs.
 *
 * <pre>  t[i,j] = Σ_p a[i,p] · b[p,j]   for i &lt; rows, j &lt; columns</pre>
 *
 * The implementations are written by {@code MicroKernelGenerator} (among the tests), one for each vector length. They keep one
 * named local variable for each vector of the tile and take one p a turn: the compiler then holds all of them in registers, while
 * unrolling by two makes it spill them.
 */
sealed interface MicroKernel permits MicroKernel128, MicroKernel256, MicroKernel512 {
    /** Row stride of {@code a} in {@link #multiplyRows}: a constant, so that one register addresses all rows. */
    int ROW_STRIDE = 400;

    /** The kernel for vectors of this species. */
    static MicroKernel of(VectorSpecies<Float> species) {
        return switch (species.vectorBitSize()) {
            case 512 -> new MicroKernel512();
            case 256 -> new MicroKernel256();
            default -> new MicroKernel128();
        };
    }

    /** Largest number of rows of a tile. */
    int rows();

    /** Rows of a tile come in multiples of this; it divides {@link #rows()} into three. */
    default int rowStep() {
        return rows() / 3;
    }

    /** Largest number of columns of a tile; the other possible number is half of it. */
    int columns();

    /**
     * A tile from packed panels.
     *
     * @param rows rows of the tile, a multiple of {@link #rowStep()}
     * @param columns {@link #columns()} or half of it
     * @param a panel [k][rows] at {@code aFirst}
     * @param b panel [k][columns] at {@code bFirst}
     * @param t tile with row stride {@code tStride}, which is not negative, at {@code tFirst}
     */
    void multiply(
            int rows,
            int columns,
            float[] a,
            int aFirst,
            float[] b,
            int bFirst,
            int k,
            float[] t,
            int tFirst,
            int tStride);

    /** As {@link #multiply}, with {@code a} in rows that lie {@link #ROW_STRIDE} apart; k is at most that. */
    void multiplyRows(
            int rows,
            int columns,
            float[] a,
            int aFirst,
            float[] b,
            int bFirst,
            int k,
            float[] t,
            int tFirst,
            int tStride);

    /** {@code count} rounded up to whole row steps, at most {@link #rows()}. */
    default int panelRows(int count) {
        return Math.min(rows(), (count + rowStep() - 1) / rowStep() * rowStep());
    }

    /** Width of the panel that holds the next {@code count} columns. */
    default int panelColumns(int count) {
        return count <= columns() / 2 ? columns() / 2 : columns();
    }
}
