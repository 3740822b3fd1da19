/**
 * Samples, data sets, splits, and the loader that turns them into batches of plain arrays. Everything random is drawn
 * from (seed, purpose, epoch, index), so a picture is augmented alike whatever the number of workers, the batch size or
 * the point of resumption.
 */
@org.jspecify.annotations.NullMarked
package beits.data;
