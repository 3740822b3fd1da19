package beits.autograd;

import beits.tensor.Slot;

/**
 * A named value that training changes.
 *
 * @param name the official name, such as {@code blocks.0.attn.qkv.weight}
 * @param slot where it lies in the parameter arena
 * @param initialiser how it starts
 */
public record Parameter(String name, Slot slot, Initialiser initialiser) {}
