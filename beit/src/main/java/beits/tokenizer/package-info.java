/**
 * Discrete visual tokens: the trainable dVAE.
 */
@NullMarked
package beits.tokenizer;

import org.jspecify.annotations.NullMarked;
