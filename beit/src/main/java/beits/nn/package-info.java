/**
 * Layers: parameters with the official names and how to apply them.
 */
@NullMarked
package beits.nn;

import org.jspecify.annotations.NullMarked;
