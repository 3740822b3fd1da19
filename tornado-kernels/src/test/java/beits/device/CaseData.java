package beits.device;

import beits.kernel.Kernel;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** Lays out the operands of one case with guards around them and draws their values, the same ones every time. */
final class CaseData {
    private final String name;
    private final int misalignment;
    private final SplittableRandom random;
    private final Map<Arena, Long> ends = new EnumMap<>(Arena.class);
    private final Map<Slot, float[]> floats = new HashMap<>();
    private final Map<Slot, int[]> ints = new HashMap<>();
    private final List<Slot> guards = new ArrayList<>();

    CaseData(String name) {
        this(name, 0);
    }

    /** Operands begin {@code misalignment} elements behind an aligned place, as views may. */
    CaseData(String name, int misalignment) {
        this.name = name;
        this.misalignment = misalignment;
        this.random = new SplittableRandom(name.hashCode());
    }

    /** A slot without values: an output that is not read. */
    Slot unset(Arena arena, int... extents) {
        long start = Slot.align(ends.getOrDefault(arena, 0L)) + Slot.ALIGNMENT + misalignment;
        Slot slot = new Slot(arena, start, Shape.of(extents));
        if (arena != Arena.INDEXES) {
            long before = ends.getOrDefault(arena, 0L);
            guards.add(new Slot(arena, before, Shape.of((int) (start - before))));
        }
        ends.put(arena, slot.end());
        return slot;
    }

    Slot output(int... extents) {
        return unset(Arena.ACTIVATIONS, extents);
    }

    /** Values uniform in (−1, 1). */
    Slot values(Arena arena, int... extents) {
        return values(arena, u -> u, extents);
    }

    /** Values made of draws that are uniform in (−1, 1). */
    Slot values(Arena arena, DoubleUnaryOperator of, int... extents) {
        Slot slot = unset(arena, extents);
        fill(slot, of);
        return slot;
    }

    Slot activation(int... extents) {
        return values(Arena.ACTIVATIONS, extents);
    }

    Slot parameter(int... extents) {
        return values(Arena.PARAMETERS, extents);
    }

    Slot input(int... extents) {
        return values(Arena.INPUTS, extents);
    }

    /** A gradient, with values when it is added to. */
    Slot gradient(boolean accumulate, int... extents) {
        return accumulate ? values(Arena.GRADIENTS, extents) : unset(Arena.GRADIENTS, extents);
    }

    /** Puts values into a slot that has none yet. */
    void fill(Slot slot, DoubleUnaryOperator of) {
        float[] values = new float[(int) slot.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) of.applyAsDouble(random.nextDouble() * 2 - 1);
        }
        floats.put(slot, values);
    }

    Slot integers(int... values) {
        Slot slot = unset(Arena.INDEXES, values.length);
        ints.put(slot, values);
        return slot;
    }

    /** Integers uniform in [from, to). */
    Slot integersBetween(int from, int to, int... extents) {
        Slot slot = unset(Arena.INDEXES, extents);
        ints.put(slot, random.ints(slot.size(), from, to).toArray());
        return slot;
    }

    /** The first {@code count} of a random order of 0 … bound−1. */
    Slot distinct(int count, int bound) {
        int[] order = new int[bound];
        for (int i = 0; i < bound; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        int[] picked = java.util.Arrays.copyOf(order, count);
        return integers(picked);
    }

    KernelCase of(Kernel kernel) {
        return of(kernel, kernel.writes());
    }

    KernelCase of(Kernel kernel, List<Slot> compared) {
        ends.forEach((arena, end) -> {
            if (arena != Arena.INDEXES) {
                guards.add(new Slot(arena, end, Shape.of(2 * Slot.ALIGNMENT)));
            }
        });
        return new KernelCase(name, kernel, floats, ints, compared, guards);
    }
}
