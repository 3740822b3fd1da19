package beits.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.device.Device;
import beits.device.Devices;
import beits.mim.MimBatch;
import beits.mim.MimObjective;
import beits.model.BeitConfig;
import beits.model.MaskedImageModel;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.program.Program;
import beits.tensor.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Activations computed again in the backward pass give the very same training in less memory. */
class RecomputationTest {
    private static final BeitConfig CONFIG = new BeitConfig(12, 8, 4, 3, 12, 4, 3, 2, true, true, true, true, 0.1, 0.3);
    private static final int BATCH = 3;
    private static final int VOCABULARY = 7;
    private static final int MASKED = 3;
    private static final int STEPS = 3;

    /** What a training came to: losses and gradients of every step, and the weights at the end. */
    private record Training(List<Double> losses, List<float[]> gradients, List<float[]> weights, Program program) {}

    @ParameterizedTest
    @CsvSource({"reference, 1", "reference, 2", "cpu, 1", "cpu, 2"})
    void gradientsAreTheSameBitForBit(String device, int accumulation) {
        Training kept = train(device, accumulation, false);
        Training again = train(device, accumulation, true);

        assertThat(again.losses).isEqualTo(kept.losses);
        assertThat(again.gradients)
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(kept.gradients);
        assertThat(again.weights).usingRecursiveFieldByFieldElementComparator().isEqualTo(kept.weights);
        assertThat(again.program.size(Arena.ACTIVATIONS)).isLessThan(kept.program.size(Arena.ACTIVATIONS) * 3 / 4);
        assertThat(again.program.flops()).isBetween(kept.program.flops() * 11 / 10, kept.program.flops() * 4 / 3);
    }

    /** The last kernel of a block only makes its output, which is kept: it does not run twice. */
    @Test
    void onlyWhatTheBackwardPassNeedsRunsAgain() {
        Program kept = train("cpu", 1, false).program;
        Program again = train("cpu", 1, true).program;

        assertThat(count(again, "Attention")).isEqualTo(2 * count(kept, "Attention"));
        assertThat(count(kept, "ScaledResidual")).isEqualTo(2 * CONFIG.depth());
        assertThat(count(again, "ScaledResidual")).isEqualTo(3 * CONFIG.depth());
        assertThat(count(kept, "Unary")).isEqualTo(CONFIG.depth());
        assertThat(count(again, "Unary")).isZero();
    }

    @Test
    void aStretchLiesInOneSection() {
        Graph graph = new Graph("step", true, true);
        assertThatThrownBy(() -> graph.recomputed(() -> {
                    graph.section("other");
                    return 0;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one section");
    }

    private static long count(Program program, String kernel) {
        return program.sections().stream()
                .flatMap(section -> section.kernels().stream())
                .filter(k -> k.getClass().getSimpleName().equals(kernel))
                .count();
    }

    private static Training train(String name, int accumulation, boolean recompute) {
        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, CONFIG, VOCABULARY);
        MimObjective objective = new MimObjective(layout, model, BATCH, MASKED, 5);
        Optimiser optimiser = new Optimiser(
                layout,
                new Optimiser.Settings(0.9, 0.98, 1e-8, 3, 0),
                ParameterGroup.of(layout.parameters(), LayerDecay.NONE, ParameterGroup.NEVER_DECAYED, true));
        double[] rates = {0.01, 0.01, 0.01};
        List<Double> losses = new ArrayList<>();
        List<float[]> gradients = new ArrayList<>();
        List<float[]> weights = new ArrayList<>();
        try (Device device = Devices.open(name);
                Trainer<MimBatch> trainer = new Trainer<>(
                        device, objective, optimiser, accumulation, rates, new double[STEPS], List.of(), recompute)) {
            trainer.initialise(1);
            Random random = new Random(3);
            for (int step = 0; step < STEPS; step++) {
                List<MimBatch> batches = new ArrayList<>();
                for (int i = 0; i < accumulation; i++) {
                    batches.add(batch(random));
                }
                losses.add(trainer.step(batches).loss());
                for (Parameter parameter : layout.parameters()) {
                    gradients.add(
                            trainer.executable().readFloats(parameter.slot().in(Arena.GRADIENTS)));
                }
            }
            for (Parameter parameter : layout.parameters()) {
                weights.add(trainer.executable().readFloats(parameter.slot()));
            }
            return new Training(losses, gradients, weights, trainer.programs().getFirst());
        }
    }

    private static MimBatch batch(Random random) {
        float[] images = new float[BATCH * CONFIG.channels() * CONFIG.imageHeight() * CONFIG.imageWidth()];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) random.nextGaussian();
        }
        boolean[] mask = new boolean[BATCH * CONFIG.patches()];
        int[] tokens = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % CONFIG.patches() % 2 == 0;
            tokens[i] = random.nextInt(VOCABULARY);
        }
        return new MimBatch(images, mask, tokens);
    }
}
