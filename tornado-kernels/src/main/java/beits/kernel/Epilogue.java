package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a matrix product does to each element before it is stored, saving a pass over memory. */
public sealed interface Epilogue {
    /** Nothing: {@code c = product}. */
    record None() implements Epilogue {}

    /** {@code c[i,j] = product[i,j] + bias[j]}. */
    record Bias(Slot bias) implements Epilogue {}

    /** {@code c[i,j] = relu(product[i,j] + bias[j])}. */
    record BiasRelu(Slot bias) implements Epilogue {}

    /** {@code input[i,j] = product[i,j] + bias[j]; c = gelu(input)}; backward needs the input of GELU. */
    record BiasGelu(Slot bias, Slot input) implements Epilogue {}

    /** The plain product. */
    Epilogue NONE = new None();

    /** Slots read besides the factors. */
    default List<Slot> reads() {
        return switch (this) {
            case None none -> List.of();
            case Bias e -> List.of(e.bias);
            case BiasRelu e -> List.of(e.bias);
            case BiasGelu e -> List.of(e.bias);
        };
    }

    /** Slots written besides the result. */
    default List<Slot> writes() {
        return this instanceof BiasGelu gelu ? List.of(gelu.input) : List.of();
    }

    /** The same epilogue on other slots. */
    default Epilogue map(UnaryOperator<Slot> slots) {
        return switch (this) {
            case None none -> none;
            case Bias e -> new Bias(slots.apply(e.bias));
            case BiasRelu e -> new BiasRelu(slots.apply(e.bias));
            case BiasGelu e -> new BiasGelu(slots.apply(e.bias), slots.apply(e.input));
        };
    }
}
