package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Exponential moving average of the parameters (timm {@code ModelEma}).
 *
 * <pre>  average = decay · average + (1 − decay) · parameters</pre>
 *
 * @param parameters the used part of the arena
 * @param average the same part of the average
 * @param decay share of the old average
 */
public record MovingAverage(Slot parameters, Slot average, double decay) implements Kernel {
    public MovingAverage {
        Kernel.check(average.size() == parameters.size(), "MovingAverage", parameters, average);
    }

    @Override
    public List<Slot> reads() {
        return List.of(parameters, average);
    }

    @Override
    public List<Slot> writes() {
        return List.of(average);
    }

    @Override
    public MovingAverage map(UnaryOperator<Slot> slots) {
        return new MovingAverage(slots.apply(parameters), slots.apply(average), decay);
    }

    @Override
    public long flops() {
        return 3 * parameters.size();
    }
}
