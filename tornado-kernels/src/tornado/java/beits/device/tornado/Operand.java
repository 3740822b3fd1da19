package beits.device.tornado;

import beits.tensor.Arena;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/**
 * Where an operand of a task begins.
 *
 * @param arena the arena, or none for the device's own scratch
 * @param offset elements before it
 */
record Operand(@Nullable Arena arena, long offset) {
    /** An operand that the task does not touch. */
    static final Operand NONE = new Operand(null, 0);

    /** A slot; unfolded windows lie in the scratch, where {@link Lowering} leaves them room. */
    static Operand of(@Nullable Slot slot) {
        if (slot == null) {
            return NONE;
        }
        return slot.arena() == Arena.UNFOLDED ? scratch(slot.offset()) : new Operand(slot.arena(), slot.offset());
    }

    /** Scratch from its element {@code first} on. */
    static Operand scratch(long first) {
        return new Operand(null, first);
    }

    /** The operand that begins {@code elements} further on. */
    Operand plus(long elements) {
        return new Operand(arena, offset + elements);
    }
}
