/**
 * What a run leaves to look at: metrics, TensorBoard events, a page with curves and pictures.
 */
@NullMarked
package beits.report;

import org.jspecify.annotations.NullMarked;
