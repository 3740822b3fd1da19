package beits.classification;

import org.jspecify.annotations.Nullable;

/**
 * A batch of labelled pictures.
 *
 * @param images normalised pictures [batch, channels, height, width]
 * @param labels class numbers [batch]; with mixed pictures those of the first parent
 * @param targets class distributions [batch, classes] of mixed pictures (mixup, CutMix), or none
 */
public record ClassificationBatch(float[] images, int[] labels, float @Nullable [] targets) {}
