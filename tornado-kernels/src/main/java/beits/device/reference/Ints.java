package beits.device.reference;

import java.util.Objects;

/**
 * A slot of integers in the memory of this device.
 *
 * @param arena all values of the arena
 * @param first where the slot begins
 * @param size elements of the slot
 */
record Ints(int[] arena, int first, int size) {

    int get(int i) {
        return arena[first + Objects.checkIndex(i, size)];
    }

    /** The value at {@code i}, which has to be an index below {@code bound}. */
    int index(int i, int bound) {
        return Objects.checkIndex(get(i), bound);
    }

    void set(int i, int value) {
        arena[first + Objects.checkIndex(i, size)] = value;
    }
}
