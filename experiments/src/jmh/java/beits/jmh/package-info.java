/**
 * Ladders of kernels for JMH: from the plainest loop to what the {@code cpu} device does, every rung checked against the reference
 * device first. Not part of the distribution.
 */
@NullMarked
package beits.jmh;

import org.jspecify.annotations.NullMarked;
