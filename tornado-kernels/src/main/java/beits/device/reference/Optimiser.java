package beits.device.reference;

import beits.kernel.AdamW;
import beits.kernel.GradientNorm;
import beits.kernel.MovingAverage;

/** What a training step does to the parameters. */
final class Optimiser {
    /** What PyTorch's {@code clip_grad_norm_} adds to the norm. */
    private static final double CLIP_EPSILON = 1e-6;

    private Optimiser() {}

    static void gradientNorm(GradientNorm k, Memory memory) {
        Doubles gradients = memory.floats(k.gradients());
        double sum = 0;
        for (int i = 0; i < gradients.size(); i++) {
            sum += gradients.get(i) * gradients.get(i);
        }
        memory.floats(k.norm()).set(0, Math.sqrt(sum));
    }

    static void adamW(AdamW k, Memory memory) {
        Doubles parameters = memory.floats(k.parameters());
        Doubles gradients = memory.floats(k.gradients());
        Doubles moment1 = memory.floats(k.moment1());
        Doubles moment2 = memory.floats(k.moment2());
        Doubles rates = memory.floats(k.rates());
        double weightDecay = rates.get(1);
        double correction1 = rates.get(2);
        double correction2 = rates.get(3);
        double clip = k.norm() == null
                ? 1
                : Math.min(1, k.maxNorm() / (memory.floats(k.norm()).get(0) + CLIP_EPSILON));
        k.slices().parallelStream().forEach(slice -> {
            double lr = rates.get(0) * slice.scale();
            for (int i = (int) slice.offset(); i < slice.offset() + slice.length(); i++) {
                double g = clip * gradients.get(i);
                double p = parameters.get(i) * (1 - (slice.decayed() ? lr * weightDecay : 0));
                double m = k.beta1() * moment1.get(i) + (1 - k.beta1()) * g;
                double v = k.beta2() * moment2.get(i) + (1 - k.beta2()) * g * g;
                moment1.set(i, m);
                moment2.set(i, v);
                parameters.set(i, p - lr * (m / correction1) / (Math.sqrt(v / correction2) + k.epsilon()));
            }
        });
    }

    static void movingAverage(MovingAverage k, Memory memory) {
        Doubles parameters = memory.floats(k.parameters());
        Doubles average = memory.floats(k.average());
        for (int i = 0; i < average.size(); i++) {
            average.set(i, k.decay() * average.get(i) + (1 - k.decay()) * parameters.get(i));
        }
    }
}
