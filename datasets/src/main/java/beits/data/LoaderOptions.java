package beits.data;

/**
 * How a data set becomes batches.
 *
 * @param batchSize rows of a batch on this rank
 * @param seed of order, augmentation, masks and mixing
 * @param shuffle whether each epoch has its own random order
 * @param dropLast whether the incomplete last batch of an epoch is left out; with several ranks also what keeps their
 *     numbers of steps equal
 * @param workers threads that decode and augment; 0 does it in the thread that asks for the batch
 * @param prefetch batches that are made ahead at most; bounds the memory
 * @param rank which part of every epoch this loader reads, 0 to {@code world − 1}
 * @param world number of parts
 * @param broken what a picture that cannot be decoded does
 * @param repeats differently augmented copies of a sample that follow each other (repeated augmentation); an epoch has as many
 *     rows as without, of that many times fewer samples
 */
public record LoaderOptions(
        int batchSize,
        long seed,
        boolean shuffle,
        boolean dropLast,
        int workers,
        int prefetch,
        int rank,
        int world,
        Broken broken,
        int repeats) {

    /** What a picture that cannot be decoded does; always named and counted. */
    public enum Broken {
        /** Ends the run with the file's name and the reason. */
        STOP,
        /** Is left out: its batch is shorter. */
        SKIP,
        /** Is replaced by the next readable sample of the data set: batches stay full. */
        REPLACE
    }

    public LoaderOptions {
        if (batchSize < 1 || workers < 0 || prefetch < 1 || world < 1 || rank < 0 || rank >= world || repeats < 1) {
            throw new IllegalArgumentException("batchSize %d, workers %d, prefetch %d, rank %d of %d, %d repeats"
                    .formatted(batchSize, workers, prefetch, rank, world, repeats));
        }
    }

    /** Training: shuffled, full batches, broken pictures end the run; one rank. */
    public static LoaderOptions training(int batchSize, long seed, int workers) {
        return new LoaderOptions(batchSize, seed, true, true, workers, 3, 0, 1, Broken.STOP, 1);
    }

    /** Evaluation: in order, everything, broken pictures end the run; one rank. */
    public static LoaderOptions evaluation(int batchSize, int workers) {
        return new LoaderOptions(batchSize, 0, false, false, workers, 3, 0, 1, Broken.STOP, 1);
    }

    /** The same with another answer to broken pictures. */
    public LoaderOptions withBroken(Broken other) {
        return new LoaderOptions(batchSize, seed, shuffle, dropLast, workers, prefetch, rank, world, other, repeats);
    }

    /** The same for one rank of several. */
    public LoaderOptions withRank(int ownRank, int ranks) {
        return new LoaderOptions(
                batchSize, seed, shuffle, dropLast, workers, prefetch, ownRank, ranks, broken, repeats);
    }

    /** The same with another number of augmented copies. */
    public LoaderOptions withRepeats(int copies) {
        return new LoaderOptions(batchSize, seed, shuffle, dropLast, workers, prefetch, rank, world, broken, copies);
    }
}
