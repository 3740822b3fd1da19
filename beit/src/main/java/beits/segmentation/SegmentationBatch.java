package beits.segmentation;

/**
 * A batch of pictures with a class for each pixel.
 *
 * @param images normalised pictures [batch, channels, height, width]
 * @param labels class numbers [batch, height, width], {@link #IGNORED} where there is none
 */
public record SegmentationBatch(float[] images, int[] labels) {
    /** Label of a pixel that does not count (255 in mmseg's files). */
    public static final int IGNORED = -1;
}
