/**
 * Symbolic tensors: operations record kernels forward and, on demand, backward; a graph becomes a program.
 */
@NullMarked
package beits.autograd;

import org.jspecify.annotations.NullMarked;
