/**
 * Discrete visual tokens (paper §2.1): the trainable dVAE with its objective and the statistics of its codebook, and the
 * architecture of DALL-E's published tokenizer.
 */
@NullMarked
package beits.tokenizer;

import org.jspecify.annotations.NullMarked;
