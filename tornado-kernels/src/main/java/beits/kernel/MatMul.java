package beits.kernel;

import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Matrix product.
 *
 * <pre>  c[i,j] = epilogue( Σ_p op(a)[i,p] · op(b)[p,j] )</pre>
 *
 * with {@code op} the identity or the transpose. A linear layer {@code y = x·Wᵀ + bias} with PyTorch's weight [out, in] is the
 * product with {@code transposeB}. Operands of higher rank are read as matrices: all axes but the last are rows.
 *
 * @param a left factor [m, k], or [k, m] when {@code transposeA}
 * @param b right factor [k, n], or [n, k] when {@code transposeB}
 * @param c result [m, n]
 * @param transposeA whether {@code a} is stored transposed
 * @param transposeB whether {@code b} is stored transposed
 * @param accumulate whether to add to {@code c}; only without an epilogue
 * @param epilogue what happens to each element before it is stored
 */
public record MatMul(
        Slot a, Slot b, Slot c, boolean transposeA, boolean transposeB, boolean accumulate, Epilogue epilogue)
        implements Kernel {
    public MatMul {
        int k = transposeA ? a.shape().rows() : a.shape().columns();
        int m = transposeA ? a.shape().columns() : a.shape().rows();
        int n = transposeB ? b.shape().rows() : b.shape().columns();
        Kernel.check(
                k == (transposeB ? b.shape().columns() : b.shape().rows())
                        && c.shape().rows() == m
                        && c.shape().columns() == n
                        && !(accumulate && !(epilogue instanceof Epilogue.None)),
                "MatMul",
                a,
                b,
                c,
                transposeA,
                transposeB,
                epilogue);
    }

    /** Rows of the result. */
    public int m() {
        return c.shape().rows();
    }

    /** Columns of the result. */
    public int n() {
        return c.shape().columns();
    }

    /** Length of the sums. */
    public int k() {
        return transposeA ? a.shape().rows() : a.shape().columns();
    }

    @Override
    public List<Slot> reads() {
        List<Slot> slots = new ArrayList<>(List.of(a, b));
        if (accumulate) {
            slots.add(c);
        }
        slots.addAll(epilogue.reads());
        return List.copyOf(slots);
    }

    @Override
    public List<Slot> writes() {
        List<Slot> slots = new ArrayList<>(List.of(c));
        slots.addAll(epilogue.writes());
        return List.copyOf(slots);
    }

    @Override
    public MatMul map(UnaryOperator<Slot> slots) {
        return new MatMul(
                slots.apply(a),
                slots.apply(b),
                slots.apply(c),
                transposeA,
                transposeB,
                accumulate,
                epilogue.map(slots));
    }

    @Override
    public long flops() {
        return 2L * m() * n() * k();
    }

    @Override
    public String label() {
        return "MatMul" + (transposeA ? "T" : "N") + (transposeB ? "T" : "N")
                + switch (epilogue) {
                    case Epilogue.None none -> "";
                    case Epilogue.Bias bias -> "+bias";
                    case Epilogue.BiasRelu relu -> "+bias+relu";
                    case Epilogue.BiasGelu gelu -> "+bias+gelu";
                };
    }
}
