/**
 * Checkpoints: safetensors and files of {@code torch.save} in and out, our own self-describing format with its checksum, atomic
 * saving. Pickles are read by a machine of our own ({@link beits.checkpoint.PyTorchFile}) and not by a general library: those
 * keep their table of constructors for the whole process, make objects before anybody can object, and lose the order of
 * dictionaries, while here a name must be on a short list before it means anything and nothing is instantiated.
 */
@NullMarked
package beits.checkpoint;

import org.jspecify.annotations.NullMarked;
