package beits.train;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.device.Executable;
import java.util.Map;

/**
 * What is trained: how a batch becomes a loss.
 *
 * @param <B> a micro-batch, as plain arrays
 */
public interface Objective<B> {
    /** Where the model keeps its parameters and inputs. */
    Layout layout();

    /** Records the forward pass of one micro-batch. */
    Recorded record(Graph graph);

    /**
     * Writes a micro-batch into the inputs.
     *
     * @param micro number of the micro-batch, counted from 0 over the whole run: for whatever is drawn or scheduled
     */
    void feed(Executable executable, B batch, long micro);

    /**
     * A recorded forward pass.
     *
     * @param loss [1]
     * @param sums counters [1] by name, summed over the micro-batches of a step
     */
    record Recorded(Tensor loss, Map<String, Tensor> sums) {}

    /** Number of rows that the loss of a batch is the mean of, for turning counters into shares. */
    int rows(B batch);

    /** Pictures of a batch. */
    int pictures(B batch);
}
