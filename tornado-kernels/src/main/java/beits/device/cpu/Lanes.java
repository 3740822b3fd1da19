package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The machine's vectors of floats and their way to and from memory; indexes count elements. */
final class Lanes {
    /** The widest vector the machine works with. */
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    /** Lanes of a vector. */
    static final int COUNT = SPECIES.length();

    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final VectorShuffle<Float> FROM_8 = VectorShuffle.iota(SPECIES, 8 % COUNT, 1, true);
    private static final VectorShuffle<Float> FROM_4 = VectorShuffle.iota(SPECIES, 4 % COUNT, 1, true);
    private static final VectorShuffle<Float> FROM_2 = VectorShuffle.iota(SPECIES, 2 % COUNT, 1, true);
    private static final VectorShuffle<Float> FROM_1 = VectorShuffle.iota(SPECIES, 1 % COUNT, 1, true);

    private Lanes() {}

    static FloatVector load(MemorySegment memory, long index) {
        return FloatVector.fromMemorySegment(SPECIES, memory, index * Float.BYTES, ORDER);
    }

    static FloatVector load(MemorySegment memory, long index, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(SPECIES, memory, index * Float.BYTES, ORDER, mask);
    }

    static void store(FloatVector values, MemorySegment memory, long index) {
        values.intoMemorySegment(memory, index * Float.BYTES, ORDER);
    }

    static void store(FloatVector values, MemorySegment memory, long index, VectorMask<Float> mask) {
        values.intoMemorySegment(memory, index * Float.BYTES, ORDER, mask);
    }

    static FloatVector load(float[] array, int index) {
        return FloatVector.fromArray(SPECIES, array, index);
    }

    static float get(MemorySegment memory, long index) {
        return memory.get(ValueLayout.JAVA_FLOAT, index * Float.BYTES);
    }

    static void set(MemorySegment memory, long index, float value) {
        memory.set(ValueLayout.JAVA_FLOAT, index * Float.BYTES, value);
    }

    static int integer(MemorySegment memory, long index) {
        return memory.get(ValueLayout.JAVA_INT, index * Integer.BYTES);
    }

    /**
     * A vector of zeros, made where it is used: a loop whose accumulator begins with a vector out of a constant keeps all its
     * vectors as objects (measured: a sum of 2048 elements takes 1.4 us instead of 0.15).
     */
    static FloatVector zero() {
        return FloatVector.zero(SPECIES);
    }

    static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** The first {@code n} lanes; all of them from {@link #COUNT} on, none for 0. */
    static VectorMask<Float> first(int n) {
        return SPECIES.indexInRange(0, n);
    }

    /** The larger of each pair; a NaN of {@code b} is left out. Fewer instructions than {@code max}, which orders NaN and zeros. */
    static FloatVector larger(FloatVector a, FloatVector b) {
        return a.blend(b, b.compare(VectorOperators.GT, a));
    }

    /** How many of {@code n} elements fill whole vectors. */
    static int whole(int n) {
        return n - n % COUNT;
    }

    /**
     * The sum of all lanes, in one fixed order. {@code reduceLanes(ADD)} leaves the order open, and interpreter and compiler
     * choose different ones.
     */
    static float sum(FloatVector values) {
        return sumEverywhere(values).lane(0);
    }

    /** The sum of all lanes in every lane: halves change places, so all lanes add the same pairs. */
    static FloatVector sumEverywhere(FloatVector values) {
        FloatVector s = values;
        if (COUNT > 8) {
            s = s.add(s.rearrange(FROM_8));
        }
        if (COUNT > 4) {
            s = s.add(s.rearrange(FROM_4));
        }
        if (COUNT > 2) {
            s = s.add(s.rearrange(FROM_2));
        }
        return s.add(s.rearrange(FROM_1));
    }

    /** The largest lane in every lane. */
    static FloatVector maxEverywhere(FloatVector values) {
        FloatVector m = values;
        if (COUNT > 8) {
            m = larger(m, m.rearrange(FROM_8));
        }
        if (COUNT > 4) {
            m = larger(m, m.rearrange(FROM_4));
        }
        if (COUNT > 2) {
            m = larger(m, m.rearrange(FROM_2));
        }
        return larger(m, m.rearrange(FROM_1));
    }

    /** The largest lane. */
    static float max(FloatVector values) {
        return values.reduceLanes(VectorOperators.MAX);
    }
}
