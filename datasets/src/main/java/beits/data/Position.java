package beits.data;

/** A place in the stream of batches: both count from 0; {@code step} is the batch within the epoch. */
public record Position(int epoch, int step) {
    /** The very first batch. */
    public static final Position START = new Position(0, 0);

    public Position {
        if (epoch < 0 || step < 0) {
            throw new IllegalArgumentException("epoch %d, step %d".formatted(epoch, step));
        }
    }
}
