/**
 * Where numbers lie: shapes, arenas, slots within them and the off-heap storage that TornadoVM's arrays wrap without a copy. No arithmetic.
 */
@NullMarked
package beits.tensor;

import org.jspecify.annotations.NullMarked;
