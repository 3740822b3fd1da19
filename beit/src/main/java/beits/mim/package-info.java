/**
 * Masked image modelling: the objective of pre-training.
 */
@NullMarked
package beits.mim;

import org.jspecify.annotations.NullMarked;
