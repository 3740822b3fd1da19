package beits.data;

import beits.image.Image;
import beits.image.PictureException;
import beits.transform.BatchMix;
import beits.transform.Normalisation;
import beits.transform.PictureTransform;
import beits.transform.RandomErasing;
import java.util.List;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Pictures with labels: fine-tuning, evaluation, tokenizer training.
 *
 * @param transforms applied in this order; the last must leave pictures of {@code size} x {@code size}
 * @param size side of the square that the network reads
 * @param erasing after normalisation
 * @param mix mixup or cutmix of finished batches
 */
public record PicturePipeline(
        List<PictureTransform> transforms,
        int size,
        Normalisation normalisation,
        Optional<RandomErasing> erasing,
        Optional<BatchMix> mix)
        implements Pipeline {

    public PicturePipeline {
        transforms = List.copyOf(transforms);
    }

    /** Without erasing and mixing. */
    public PicturePipeline(List<PictureTransform> transforms, int size, Normalisation normalisation) {
        this(transforms, size, normalisation, Optional.empty(), Optional.empty());
    }

    @Override
    public Batch.Layout layout() {
        return new Batch.Layout(
                normalisation.channels(),
                size,
                size,
                0,
                0,
                0,
                0,
                mix.map(BatchMix::classes).orElse(0),
                0);
    }

    @Override
    public void write(
            Sample sample, UniformRandomProvider draws, UniformRandomProvider maskDraws, Batch batch, int row) {
        Image picture = normalisation.channels() == 1
                ? sample.picture().grey()
                : sample.picture().rgb();
        for (PictureTransform transform : transforms) {
            picture = transform.apply(picture, draws);
        }
        if (picture.height() != size || picture.width() != size) {
            throw new PictureException(
                    sample.name(),
                    "the transforms leave %d x %d pixels where the network reads %d x %d; add a crop or resize"
                            .formatted(picture.height(), picture.width(), size, size));
        }
        int offset = row * layout().imageLength();
        normalisation.apply(picture, batch.images(), offset);
        erasing.ifPresent(e -> e.apply(batch.images(), offset, normalisation.channels(), size, size, draws));
        if (sample instanceof Sample.Labelled labelled) {
            batch.labels()[row] = labelled.label();
        }
    }

    @Override
    public void finish(Batch batch, UniformRandomProvider rng) {
        mix.ifPresent(m -> m.apply(
                batch.images(),
                batch.labels(),
                batch.targets(),
                batch.count(),
                normalisation.channels(),
                size,
                size,
                rng));
    }
}
