package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An operation of two tensors, element by element; {@code out} may be {@code a} or {@code b}.
 *
 * <pre>  out[i] = a[i] ∘ b[i]</pre>
 *
 * @param operation ∘
 * @param a any shape
 * @param b same size
 * @param out same size
 */
public record Binary(BinaryOperation operation, Slot a, Slot b, Slot out) implements Kernel {
    public Binary {
        Kernel.check(a.size() == b.size() && out.size() == a.size(), "Binary", a, b, out);
    }

    @Override
    public List<Slot> reads() {
        return List.of(a, b);
    }

    @Override
    public List<Slot> writes() {
        return List.of(out);
    }

    @Override
    public Binary map(UnaryOperator<Slot> slots) {
        return new Binary(operation, slots.apply(a), slots.apply(b), slots.apply(out));
    }

    @Override
    public long flops() {
        return a.size();
    }

    @Override
    public String label() {
        return operation.label();
    }
}
