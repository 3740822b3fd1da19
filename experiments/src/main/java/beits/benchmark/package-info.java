/**
 * Speed: how long a kernel, a training step or an inference takes, where the time goes, and how that compares with a peer.
 */
@NullMarked
package beits.benchmark;

import org.jspecify.annotations.NullMarked;
