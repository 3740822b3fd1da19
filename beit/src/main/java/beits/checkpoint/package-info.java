/**
 * Checkpoints: safetensors in and out, our own self-describing format, atomic saving.
 */
@NullMarked
package beits.checkpoint;

import org.jspecify.annotations.NullMarked;
