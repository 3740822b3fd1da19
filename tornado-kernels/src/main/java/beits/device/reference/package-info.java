/**
 * The device {@code reference}: every kernel in double precision with plain loops that read like its formula. It defines what the
 * kernels mean and judges the other devices; it is not meant to be fast.
 */
@NullMarked
package beits.device.reference;

import org.jspecify.annotations.NullMarked;
