package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * GELU and its gradient over a range of elements. Methods of this class are never inlined, for the reason given in
 * {@link AttentionLoops}: the gradient took 2 ms of a small model's step in some processes and 14 to 25 ms in others.
 */
final class GeluLoops {
    /** Elements whose Φ is kept between the two passes of the GELU gradient. */
    static final int BLOCK = 1024;

    private GeluLoops() {}

    static void forward(MemorySegment x, MemorySegment y, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(VectorMath.gelu(Lanes.load(x, i)), y, i);
        }
        if (whole < to) {
            lastValues(x, y, whole, to);
        }
    }

    private static void lastValues(MemorySegment x, MemorySegment y, int from, int to) {
        VectorMask<Float> rest = Lanes.first(to - from);
        Lanes.store(VectorMath.gelu(Lanes.load(x, from, rest)), y, from, rest);
    }

    /** Φ in one pass and φ in a second: erf and exp in one loop need more registers than there are. */
    static void backward(MemorySegment x, MemorySegment dy, MemorySegment dx, int from, int to, float[] normal) {
        int whole = to - (to - from) % Lanes.COUNT;
        normals(x, from, whole, normal);
        slopes(x, dy, dx, from, whole, normal);
        if (whole < to) {
            lastSlopes(x, dy, dx, whole, to);
        }
    }

    private static void normals(MemorySegment x, int from, int to, float[] normal) {
        for (int i = from; i < to; i += Lanes.COUNT) {
            VectorMath.normal(Lanes.load(x, i)).intoArray(normal, i - from);
        }
    }

    private static void slopes(MemorySegment x, MemorySegment dy, MemorySegment dx, int from, int to, float[] normal) {
        for (int i = from; i < to; i += Lanes.COUNT) {
            FloatVector v = Lanes.load(x, i);
            FloatVector slope = VectorMath.density(v).fma(v, Lanes.load(normal, i - from));
            Lanes.store(Lanes.load(dy, i).mul(slope), dx, i);
        }
    }

    private static void lastSlopes(MemorySegment x, MemorySegment dy, MemorySegment dx, int from, int to) {
        VectorMask<Float> rest = Lanes.first(to - from);
        FloatVector v = Lanes.load(x, from, rest);
        FloatVector slope = VectorMath.density(v).fma(v, VectorMath.normal(v));
        Lanes.store(Lanes.load(dy, from, rest).mul(slope), dx, from, rest);
    }
}
