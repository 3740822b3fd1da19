/**
 * The main job on bundled pictures, from the tokenizer to the comparison with a network that was not pre-trained.
 */
@NullMarked
package beits.demo;

import org.jspecify.annotations.NullMarked;
