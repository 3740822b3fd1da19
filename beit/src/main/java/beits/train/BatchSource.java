package beits.train;

import java.util.List;

/**
 * Where batches come from. What it gives for a step depends on the run's seed and the step's number only, so a run that is
 * interrupted and resumed sees the same.
 *
 * @param <B> a micro-batch
 */
public interface BatchSource<B> {
    /**
     * The micro-batches of a step, valid until the next call: their arrays may then be used again. Steps are asked for in order,
     * beginning with the first one that is left.
     *
     * @param step counted from 0
     */
    List<B> batches(long step);

    /** Names of the pictures of the step asked for last, for a message about what went wrong with it. */
    List<String> pictures();

    /** Seconds that {@link #batches} has waited for data so far. */
    double waitedSeconds();
}
