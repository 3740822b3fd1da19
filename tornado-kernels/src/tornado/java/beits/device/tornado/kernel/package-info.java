/**
 * The kernels as Java methods that TornadoVM compiles, forward beside backward.
 *
 * <p>Every method takes the arenas of its operands, then {@code places} and {@code sizes}. {@code sizes[0]} says where the task's
 * operands stand in {@code places}, {@code sizes[1]} where its numbers stand in {@code constants}; the sizes follow. No size or
 * offset is a parameter, because TornadoVM would compile it in. All bounds come from {@code sizes}, so any grid gives the same
 * result. Method names carry a prefix of their own: one equal to an OpenCL builtin would end the process.
 */
@NullMarked
package beits.device.tornado.kernel;

import org.jspecify.annotations.NullMarked;
