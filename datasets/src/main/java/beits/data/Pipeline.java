package beits.data;

import org.apache.commons.rng.UniformRandomProvider;

/** What happens to a sample between its data set and the batch. Stateless; called by many threads at once. */
public interface Pipeline {
    /** Shapes that a row of the batch has. */
    Batch.Layout layout();

    /**
     * Augments a sample and writes it into one row.
     *
     * @param augmentation draws for the picture, from (seed, epoch, index)
     * @param mask draws for the patch mask, a stream of its own
     */
    void write(Sample sample, UniformRandomProvider augmentation, UniformRandomProvider mask, Batch batch, int row);

    /** What mixes the finished rows of a batch (mixup, cutmix); nothing by default. */
    default void finish(Batch batch, UniformRandomProvider rng) {}
}
