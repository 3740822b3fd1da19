package beits.optim;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.kernel.AdamW;
import beits.kernel.GradientNorm;
import beits.kernel.MovingAverage;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** AdamW over the flat arenas, with gradient clipping and a moving average of the parameters, as kernels of a program. */
public final class Optimiser {
    private final Layout layout;
    private final Settings settings;
    private final List<ParameterGroup> groups;
    private final Slot rates;

    /**
     * Settings of AdamW.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the root
     * @param clipGrad largest gradient norm, 0 for no clipping
     * @param averageDecay decay of the moving average, 0 for none
     */
    public record Settings(double beta1, double beta2, double epsilon, double clipGrad, double averageDecay) {
        public Settings {
            require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "in [0, 1)");
            require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "in [0, 1)");
            require(epsilon > 0, "epsilon", epsilon, "above 0");
            require(clipGrad >= 0, "clipGrad", clipGrad, "0 for none, or above");
            require(averageDecay >= 0 && averageDecay < 1, "averageDecay", averageDecay, "0 for none, or below 1");
        }

        private static void require(boolean holds, String field, double value, String rule) {
            if (!holds) {
                throw new IllegalArgumentException(field + " = " + value + " must be " + rule);
            }
        }
    }

    /** An optimiser for the parameters of these groups; all others are frozen. */
    public Optimiser(Layout layout, Settings settings, List<ParameterGroup> groups) {
        this.layout = layout;
        this.settings = settings;
        this.groups = List.copyOf(groups);
        this.rates = layout.input(4);
    }

    /** The settings. */
    public Settings settings() {
        return settings;
    }

    /**
     * Appends norm, AdamW and moving average.
     *
     * @param trained parameters that have a gradient; the others keep their values, as in PyTorch
     * @return the gradient norm before clipping [1]
     */
    public Tensor record(Graph graph, Set<Parameter> trained) {
        graph.section("optimiser");
        Slot gradients = layout.whole(Arena.GRADIENTS);
        Slot norm = graph.allocate(1);
        graph.emit(new GradientNorm(gradients, norm));
        List<AdamW.Slice> slices = new ArrayList<>();
        for (ParameterGroup group : groups) {
            for (Parameter parameter : group.parameters()) {
                if (trained.contains(parameter)) {
                    Slot slot = parameter.slot();
                    slices.add(new AdamW.Slice(slot.offset(), slot.size(), group.scale(), group.decayed()));
                }
            }
        }
        slices.sort(Comparator.comparingLong(AdamW.Slice::offset));
        Slot parameters = layout.whole(Arena.PARAMETERS);
        graph.emit(new AdamW(
                parameters,
                gradients,
                layout.whole(Arena.MOMENT1),
                layout.whole(Arena.MOMENT2),
                rates,
                settings.clipGrad > 0 ? norm : null,
                settings.clipGrad,
                settings.beta1,
                settings.beta2,
                settings.epsilon,
                slices));
        if (settings.averageDecay > 0) {
            graph.emit(new MovingAverage(parameters, layout.whole(Arena.AVERAGE), settings.averageDecay));
        }
        return graph.result(norm, false);
    }

    /** Where {@link #rates(long, double, double)} go before each step. */
    public Slot ratesSlot() {
        return rates;
    }

    /**
     * What AdamW reads before a step.
     *
     * @param step number of the step, counted from 1
     * @param learningRate before layer decay
     * @param weightDecay of the decayed groups
     */
    public double[] rates(long step, double learningRate, double weightDecay) {
        return new double[] {
            learningRate, weightDecay, 1 - Math.pow(settings.beta1, step), 1 - Math.pow(settings.beta2, step)
        };
    }
}
