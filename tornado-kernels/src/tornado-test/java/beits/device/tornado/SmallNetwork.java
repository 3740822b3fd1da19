package beits.device.tornado;

import beits.device.Executable;
import beits.kernel.AdamW;
import beits.kernel.ColumnSum;
import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.Epilogue;
import beits.kernel.GradientNorm;
import beits.kernel.MatMul;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A classifier with one hidden layer, forward, backward and AdamW, on data that are the same every time. */
final class SmallNetwork {
    private static final int ROWS = 24;
    private static final int INPUTS = 37;
    private static final int HIDDEN = 52;
    private static final int CLASSES = 11;
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;

    private final Map<Arena, Long> ends = new EnumMap<>(Arena.class);
    private final Slot w1 = slot(Arena.PARAMETERS, HIDDEN, INPUTS);
    private final Slot b1 = slot(Arena.PARAMETERS, HIDDEN);
    private final Slot w2 = slot(Arena.PARAMETERS, CLASSES, HIDDEN);
    private final Slot b2 = slot(Arena.PARAMETERS, CLASSES);
    private final Slot x = slot(Arena.INPUTS, ROWS, INPUTS);
    private final Slot rates = slot(Arena.INPUTS, 4);
    private final Slot dLoss = slot(Arena.INPUTS, 1);
    private final Slot labels = slot(Arena.INDEXES, ROWS);
    final Slot loss = slot(Arena.ACTIVATIONS, 1);
    final Slot parameters;
    final Program step;

    SmallNetwork() {
        Slot preHidden = slot(Arena.ACTIVATIONS, ROWS, HIDDEN);
        Slot hidden = slot(Arena.ACTIVATIONS, ROWS, HIDDEN);
        Slot dHidden = slot(Arena.ACTIVATIONS, ROWS, HIDDEN);
        Slot logits = slot(Arena.ACTIVATIONS, ROWS, CLASSES);
        Slot dLogits = slot(Arena.ACTIVATIONS, ROWS, CLASSES);
        Slot lse = slot(Arena.ACTIVATIONS, ROWS, 2);
        Slot hits = slot(Arena.ACTIVATIONS, 1);
        Slot norm = slot(Arena.ACTIVATIONS, 1);
        int size = (int) b2.end();
        parameters = new Slot(Arena.PARAMETERS, 0, Shape.of(size));
        Slot gradients = new Slot(Arena.GRADIENTS, 0, Shape.of(size));
        step = new Program(
                "step",
                List.of(
                        new Section(
                                "forward",
                                List.of(
                                        new MatMul(
                                                x,
                                                w1,
                                                hidden,
                                                false,
                                                true,
                                                false,
                                                new Epilogue.BiasGelu(b1, preHidden)),
                                        new MatMul(hidden, w2, logits, false, true, false, new Epilogue.Bias(b2)),
                                        new CrossEntropy(logits, labels, null, 0.1, lse, loss, hits))),
                        new Section(
                                "backward",
                                List.of(
                                        new CrossEntropyBackward(logits, labels, null, 0.1, lse, dLoss, dLogits),
                                        new MatMul(dLogits, hidden, gradient(w2), true, false, false, Epilogue.NONE),
                                        new ColumnSum(dLogits, gradient(b2), false),
                                        new MatMul(dLogits, w2, dHidden, false, false, false, Epilogue.NONE),
                                        new UnaryBackward(UnaryFunction.GELU, preHidden, dHidden, dHidden),
                                        new MatMul(dHidden, x, gradient(w1), true, false, false, Epilogue.NONE),
                                        new ColumnSum(dHidden, gradient(b1), false))),
                        new Section(
                                "optimiser",
                                List.of(
                                        new GradientNorm(gradients, norm),
                                        new AdamW(
                                                parameters,
                                                gradients,
                                                new Slot(Arena.MOMENT1, 0, Shape.of(size)),
                                                new Slot(Arena.MOMENT2, 0, Shape.of(size)),
                                                rates,
                                                norm,
                                                1,
                                                BETA1,
                                                BETA2,
                                                1e-8,
                                                List.of(new AdamW.Slice(0, size, 1, true)))))));
    }

    private Slot slot(Arena arena, int... extents) {
        Slot slot = new Slot(arena, ends.getOrDefault(arena, 0L), Shape.of(extents));
        ends.put(arena, Slot.align(slot.end()));
        return slot;
    }

    private static Slot gradient(Slot parameter) {
        return new Slot(Arena.GRADIENTS, parameter.offset(), parameter.shape());
    }

    /** Parameters and data of the first step. */
    void start(Executable executable) {
        SplittableRandom random = new SplittableRandom(1);
        executable.write(w1, normal(random, (int) w1.size(), 0.2));
        executable.write(w2, normal(random, (int) w2.size(), 0.2));
        executable.write(dLoss, new float[] {1});
    }

    /** What changes from step to step. */
    void feed(Executable executable, int number) {
        SplittableRandom random = new SplittableRandom(number % 7);
        executable.write(x, normal(random, (int) x.size(), 1));
        executable.write(labels, random.ints(ROWS, 0, CLASSES).toArray());
        executable.write(rates, new double[] {
            2e-3, 0.05, 1 - Math.pow(BETA1, number + 1), 1 - Math.pow(BETA2, number + 1)
        });
    }

    private static float[] normal(SplittableRandom random, int count, double deviation) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }
}
