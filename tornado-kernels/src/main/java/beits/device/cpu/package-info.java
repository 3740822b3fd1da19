/**
 * The processor as a device: float32 kernels in Java's Vector API on a pool of spinning threads. Results do not depend on the
 * number of threads, nor on whether the interpreter or the compiler ran them: sums are cut into pieces by shape alone, added in a
 * fixed order, and every vector operation used is exact.
 */
@NullMarked
package beits.device.cpu;

import org.jspecify.annotations.NullMarked;
