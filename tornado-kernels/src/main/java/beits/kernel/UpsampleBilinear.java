package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Bilinear resizing (PyTorch {@code interpolate(mode="bilinear")}). Source position without aligned corners:
 * {@code max(0, (o + 0.5)·in/out − 0.5)}; with aligned corners: {@code o·(in − 1)/(out − 1)} (0 when out = 1). Weights are linear between
 * the two neighbours, the upper one clamped to the edge.
 *
 * @param x [batch, height, width, channels]
 * @param y [batch, outHeight, outWidth, channels]
 * @param alignCorners which source position
 */
public record UpsampleBilinear(Slot x, Slot y, boolean alignCorners) implements Kernel {
    public UpsampleBilinear {
        Kernel.check(
                x.shape().rank() == 4
                        && y.shape().rank() == 4
                        && x.shape().columns() == y.shape().columns(),
                "UpsampleBilinear",
                x,
                y);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y);
    }

    @Override
    public UpsampleBilinear map(UnaryOperator<Slot> slots) {
        return new UpsampleBilinear(slots.apply(x), slots.apply(y), alignCorners);
    }

    @Override
    public long flops() {
        return 7 * y.size();
    }
}
