package beits.device.reference;

import java.util.Arrays;
import java.util.Objects;

/**
 * A slot of floats in the memory of this device. Every access is checked against the slot, not only against the arena: a kernel
 * that strays into a neighbour fails.
 *
 * @param arena all values of the arena
 * @param first where the slot begins
 * @param size elements of the slot
 */
record Doubles(double[] arena, int first, int size) {

    double get(int i) {
        return arena[first + Objects.checkIndex(i, size)];
    }

    void set(int i, double value) {
        arena[first + Objects.checkIndex(i, size)] = value;
    }

    void add(int i, double value) {
        arena[first + Objects.checkIndex(i, size)] += value;
    }

    void fill(double value) {
        Arrays.fill(arena, first, first + size, value);
    }

    /** Puts sums into this slot, or adds them to what it holds. */
    void store(double[] sums, boolean accumulate) {
        for (int i = 0; i < sums.length; i++) {
            set(i, accumulate ? get(i) + sums[i] : sums[i]);
        }
    }
}
