package beits.data;

import beits.image.PictureException;
import beits.transform.Normalisation;
import beits.transform.Pair;
import beits.transform.PairTransform;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Pictures with a class for each pixel.
 *
 * @param transforms applied in this order; the last must leave {@code size} x {@code size}, or less when {@code padded}
 * @param size side of the square that the network reads
 * @param normalisation of the picture
 * @param padded whether smaller pictures are filled up at the right and below, with zeros after the normalisation and with pixels
 *     that count for nothing (mmsegmentation's {@code Pad})
 */
public record SegmentationPipeline(
        List<PairTransform> transforms, int size, Normalisation normalisation, boolean padded) implements Pipeline {
    public SegmentationPipeline {
        transforms = List.copyOf(transforms);
    }

    @Override
    public Batch.Layout layout() {
        return new Batch.Layout(normalisation.channels(), size, size, 0, 0, 0, 0, 0, size * size);
    }

    @Override
    public void write(
            Sample sample, UniformRandomProvider draws, UniformRandomProvider maskDraws, Batch batch, int row) {
        if (!(sample instanceof Sample.Segmented segmented)) {
            throw new PictureException(sample.name(), "has no class mask; segmentation needs one for each picture");
        }
        Pair pair = new Pair(segmented.picture(), segmented.mask());
        for (PairTransform transform : transforms) {
            pair = transform.apply(pair, draws);
        }
        int height = pair.picture().height();
        int width = pair.picture().width();
        boolean fits = padded ? height <= size && width <= size : height == size && width == size;
        if (!fits) {
            throw new PictureException(
                    sample.name(),
                    "the transforms leave %d x %d pixels where the network reads %d x %d; add a crop (randomResize: true in a recipe)"
                            .formatted(height, width, size, size));
        }
        float[] picture = normalisation.apply(pair.picture());
        byte[] mask = pair.mask().pixels();
        int image = row * layout().imageLength();
        int label = row * size * size;
        Arrays.fill(batch.images(), image, image + layout().imageLength(), 0f);
        Arrays.fill(batch.pixelLabels(), label, label + size * size, PairTransform.IGNORED);
        for (int line = 0; line < picture.length / width; line++) {
            int to = image + (line / height * size + line % height) * size;
            System.arraycopy(picture, line * width, batch.images(), to, width);
        }
        for (int i = 0; i < mask.length; i++) {
            batch.pixelLabels()[label + i / width * size + i % width] = mask[i] & 0xff;
        }
    }
}
