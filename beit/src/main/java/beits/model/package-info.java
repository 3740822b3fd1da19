/**
 * The BEiT encoder and its heads (Bao et al., arXiv:2106.08254).
 */
@NullMarked
package beits.model;

import org.jspecify.annotations.NullMarked;
