/**
 * What is computed in which order and where in memory: a flat list of kernels in sections, and the plan that places activations by lifetime.
 */
@NullMarked
package beits.program;

import org.jspecify.annotations.NullMarked;
