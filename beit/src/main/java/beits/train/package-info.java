/**
 * The training loop: steps, accumulation, events, exact resume.
 */
@NullMarked
package beits.train;

import org.jspecify.annotations.NullMarked;
