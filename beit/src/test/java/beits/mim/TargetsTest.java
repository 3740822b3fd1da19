package beits.mim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.MaskedImageModel;
import beits.program.Program;
import beits.train.Objective;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

/** What each target counts, by a head without weights: it predicts its bias everywhere, so that the loss has a closed form. */
class TargetsTest {
    private static final BeitConfig CONFIG = new BeitConfig(6, 4, 2, 2, 8, 1, 2, 2, true, false, true, false, 0.1, 0);
    private static final int BATCH = 2;
    private static final int CAPACITY = 4;
    private static final int WORDS = 5;

    /** Five hidden patches where eight have room, in both pictures. */
    private static final boolean[] MASK = {true, false, false, true, false, false, false, true, true, false, true, false
    };

    private static final int[] TOKENS = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1};

    @Test
    void maskedTokensAreTheHiddenPatches() {
        double[] bias = {0.5, -1, 0.25, 2, -0.75};
        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, CONFIG, WORDS);
        assertThat(loss(new MimObjective(layout, model, BATCH, CAPACITY, 1), layout, bias))
                .isCloseTo(crossEntropy(bias, true), within(1e-9));
    }

    @Test
    void allTokensAreEveryPatch() {
        double[] bias = {0.5, -1, 0.25, 2, -0.75};
        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, CONFIG, WORDS);
        MimObjective objective = new MimObjective(layout, model, BATCH, CAPACITY, true, 1);
        assertThat(loss(objective, layout, bias)).isCloseTo(crossEntropy(bias, false), within(1e-9));
        assertThat(objective.rows(batch())).isEqualTo(MASK.length);
    }

    @Test
    void pixelsAreThoseOfTheHiddenPatches() {
        double[] bias = {0.5, -1, 0.25, 2, -0.75, 0, 1, -2};
        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, CONFIG, PixelObjective.outputs(CONFIG));
        MimBatch batch = batch();
        double sum = 0;
        int patches = CONFIG.patches();
        for (int i = 0; i < MASK.length; i++) {
            for (int j = 0; MASK[i] && j < bias.length; j++) {
                int channel = i / patches * 2 + j / 4;
                int y = i % patches / 2 * 2 + j % 4 / 2;
                int x = i % 2 * 2 + j % 2;
                double difference = bias[j] - batch.images()[(channel * 6 + y) * 4 + x];
                sum += difference * difference;
            }
        }
        assertThat(loss(new PixelObjective(layout, model, BATCH, CAPACITY, 1), layout, bias))
                .isCloseTo(sum / (batch.masked() * bias.length), within(1e-6));
    }

    @Test
    void pixelsNeedAHeadOfTheirSize() {
        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, CONFIG, WORDS);
        assertThatThrownBy(() -> new PixelObjective(layout, model, BATCH, CAPACITY, 1))
                .hasMessage("a head of 5 values where a patch has 8");
    }

    private static double crossEntropy(double[] bias, boolean maskedOnly) {
        double logSum = Math.log(Arrays.stream(bias).map(Math::exp).sum());
        double sum = 0;
        int count = 0;
        for (int i = 0; i < MASK.length; i++) {
            if (MASK[i] || !maskedOnly) {
                sum += logSum - bias[TOKENS[i]];
                count++;
            }
        }
        return sum / count;
    }

    private static MimBatch batch() {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(7);
        float[] images = new float[BATCH * 2 * 6 * 4];
        for (int i = 0; i < images.length; i++) {
            images[i] = random.nextFloat() * 2 - 1;
        }
        return new MimBatch(images, MASK, TOKENS);
    }

    private static double loss(Objective<MimBatch> objective, Layout layout, double[] bias) {
        Graph graph = new Graph("loss", false);
        Objective.Recorded recorded = objective.record(graph);
        graph.output(recorded.loss());
        Program program = graph.build();
        try (Device device = Devices.open("reference");
                Executable executable = device.compile(program)) {
            for (Parameter parameter : layout.parameters()) {
                double[] values = new double[Math.toIntExact(parameter.slot().size())];
                if (!parameter.name().equals("lm_head.weight")) {
                    Arrays.setAll(values, i -> Math.sin(i + 1.0));
                }
                executable.write(parameter.slot(), parameter.name().equals("lm_head.bias") ? bias : values);
            }
            objective.feed(executable, batch(), 0);
            executable.run(program);
            return executable.readDoubles(graph.locate(recorded.loss()))[0];
        }
    }
}
