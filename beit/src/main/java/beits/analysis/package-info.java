/**
 * What trained encoders know and look at: features of every layer, linear and nearest-neighbour probes on them, attention maps.
 * Layers are counted from 1: layer n is the output of block n.
 */
@NullMarked
package beits.analysis;

import org.jspecify.annotations.NullMarked;
