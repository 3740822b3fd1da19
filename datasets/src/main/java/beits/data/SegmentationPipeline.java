package beits.data;

import beits.image.Image;
import beits.image.PictureException;
import beits.transform.Normalisation;
import beits.transform.Pair;
import beits.transform.PairTransform;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Pictures with a class for each pixel.
 *
 * @param transforms applied in this order; the last must leave {@code size} x {@code size}
 * @param size side of the square that the network reads
 */
public record SegmentationPipeline(List<PairTransform> transforms, int size, Normalisation normalisation)
        implements Pipeline {
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
        if (pair.picture().height() != size || pair.picture().width() != size) {
            throw new PictureException(
                    sample.name(),
                    "the transforms leave %d x %d pixels where the network reads %d x %d; add a crop (randomResize: true in a recipe)"
                            .formatted(pair.picture().height(), pair.picture().width(), size, size));
        }
        Image picture = normalisation.channels() == 1
                ? pair.picture().grey()
                : pair.picture().rgb();
        normalisation.apply(picture, batch.images(), row * layout().imageLength());
        byte[] labels = pair.mask().pixels();
        for (int i = 0; i < labels.length; i++) {
            batch.pixelLabels()[row * labels.length + i] = labels[i] & 0xff;
        }
    }
}
