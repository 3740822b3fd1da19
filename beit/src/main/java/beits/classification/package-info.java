/**
 * Fine-tuning for image classification: objective and evaluation.
 */
@NullMarked
package beits.classification;

import org.jspecify.annotations.NullMarked;
