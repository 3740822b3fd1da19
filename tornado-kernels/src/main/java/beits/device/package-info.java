/**
 * The contract of a machine that compiles a program once and runs it many times.
 */
@NullMarked
package beits.device;

import org.jspecify.annotations.NullMarked;
