/**
 * Semantic segmentation: SETR and UPerNet decoders on the BEiT encoder, sliding-window inference, mean IoU.
 */
@NullMarked
package beits.segmentation;

import org.jspecify.annotations.NullMarked;
