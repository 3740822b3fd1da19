package beits.analysis;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.nn.Linear;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.optim.Schedules;
import beits.program.Program;
import beits.tensor.Slot;
import beits.train.Objective;
import beits.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.jspecify.annotations.Nullable;

/**
 * Linear classifiers on frozen features, many at once: every feature has its own head, all heads see the same pictures in the same
 * steps, and none influences another. Features are standardised by the training pictures' statistics, which takes the place of the
 * BatchNorm without parameters that linear probes of masked models use (He et al. 2022, appendix A.1).
 */
public final class LinearProbes {
    private final List<LabelledFeatures> train;
    private final int classes;
    private final int batch;
    private final Layout layout = new Layout();
    private final List<Linear> heads = new ArrayList<>();
    private final List<Slot> inputs = new ArrayList<>();
    private final Slot labels;

    /**
     * How the heads are trained: AdamW with a cosine to 0 and no warm-up.
     *
     * @param steps optimiser steps
     * @param batch pictures of a step, at most as many as there are
     * @param lr peak learning rate
     * @param weightDecay of the weights
     * @param seed of the order of the pictures
     */
    public record Settings(int steps, int batch, double lr, double weightDecay, long seed) {
        public Settings {
            if (steps < 1 || batch < 1 || !(lr > 0) || weightDecay < 0) {
                throw new IllegalArgumentException(
                        "steps %d, batch %d, lr %s, weightDecay %s".formatted(steps, batch, lr, weightDecay));
            }
        }
    }

    private LinearProbes(List<LabelledFeatures> train, int classes, int batch) {
        this.train = train;
        this.classes = classes;
        this.batch = batch;
        this.labels = layout.indexes(batch);
        for (int f = 0; f < train.size(); f++) {
            int width = train.get(f).width();
            heads.add(Linear.create(layout, "probe" + f, width, classes, true, Initialiser.ZEROS));
            inputs.add(layout.input(batch, width));
        }
    }

    /**
     * Trains a head on each feature and measures it.
     *
     * @param train features of the same pictures
     * @param test the same features of other pictures
     * @return share of the test pictures whose label has the largest logit, for each feature
     */
    public static double[] top1(
            Device device, List<LabelledFeatures> train, List<LabelledFeatures> test, int classes, Settings settings) {
        int pictures = train.getFirst().pictures();
        if (pictures == 0 || test.getFirst().pictures() == 0) {
            throw new IllegalArgumentException("a probe needs labelled pictures to train on and to measure with");
        }
        List<LabelledFeatures> scaled =
                train.stream().map(f -> f.standardised(f)).toList();
        LinearProbes probes = new LinearProbes(scaled, classes, Math.min(settings.batch, pictures));
        List<LabelledFeatures> scaledTest = new ArrayList<>();
        for (int f = 0; f < test.size(); f++) {
            scaledTest.add(test.get(f).standardised(train.get(f)));
        }
        return probes.run(device, scaledTest, settings);
    }

    private double[] run(Device device, List<LabelledFeatures> test, Settings settings) {
        Optimiser optimiser = new Optimiser(
                layout,
                new Optimiser.Settings(0.9, 0.999, 1e-8, 0, 0),
                ParameterGroup.of(layout.parameters(), LayerDecay.NONE, Set.of(), true));
        Graph graph = new Graph("probe", false);
        List<Tensor> logits = logits(graph);
        logits.forEach(graph::output);
        Program measuring = graph.build();
        double[] rates = Schedules.cosine(settings.lr, 0, 1, settings.steps, 0, 0, 0);
        double[] decays = new double[settings.steps];
        Arrays.fill(decays, settings.weightDecay);
        try (Trainer<int[]> trainer =
                new Trainer<>(device, new Heads(), optimiser, 1, rates, decays, List.of(measuring))) {
            trainer.initialise(settings.seed);
            UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(settings.seed);
            int pictures = train.getFirst().pictures();
            PermutationSampler order = new PermutationSampler(random, pictures, pictures);
            int[] shuffled = order.sample();
            int next = 0;
            for (int step = 0; step < settings.steps; step++) {
                if (next + batch > pictures) {
                    shuffled = order.sample();
                    next = 0;
                }
                trainer.step(List.of(Arrays.copyOfRange(shuffled, next, next + batch)));
                next += batch;
            }
            double[] shares = new double[test.size()];
            for (int f = 0; f < shares.length; f++) {
                shares[f] = measure(trainer.executable(), measuring, graph.locate(logits.get(f)), f, test.get(f));
            }
            return shares;
        }
    }

    private List<Tensor> logits(Graph graph) {
        List<Tensor> logits = new ArrayList<>();
        for (int f = 0; f < heads.size(); f++) {
            logits.add(heads.get(f).apply(graph.constant(inputs.get(f))));
        }
        return logits;
    }

    private double measure(Executable executable, Program program, Slot logits, int feature, LabelledFeatures test) {
        int right = 0;
        int width = test.width();
        for (int first = 0; first < test.pictures(); first += batch) {
            int count = Math.min(batch, test.pictures() - first);
            float[] rows = Arrays.copyOfRange(test.values(), first * width, (first + count) * width);
            executable.write(inputs.get(feature), Arrays.copyOf(rows, batch * width));
            executable.run(program);
            float[] values = executable.readFloats(logits);
            for (int i = 0; i < count; i++) {
                int best = 0;
                for (int c = 1; c < classes; c++) {
                    if (values[i * classes + c] > values[i * classes + best]) {
                        best = c;
                    }
                }
                right += best == test.labels()[first + i] ? 1 : 0;
            }
        }
        return (double) right / test.pictures();
    }

    /** All heads as one objective: the sum of their losses, so that each has the gradient it would have alone. */
    private final class Heads implements Objective<int[]> {
        @Override
        public Layout layout() {
            return layout;
        }

        @Override
        public Recorded record(Graph graph) {
            @Nullable Tensor sum = null;
            for (Tensor logits : logits(graph)) {
                Tensor loss = Losses.crossEntropy(logits, labels, null, 0).loss();
                sum = sum == null ? loss : Elements.add(sum, loss);
            }
            return new Recorded(Objects.requireNonNull(sum), Map.of());
        }

        @Override
        public void feed(Executable executable, int[] chosen, long micro) {
            int[] own = new int[chosen.length];
            for (int f = 0; f < train.size(); f++) {
                LabelledFeatures features = train.get(f);
                int width = features.width();
                float[] rows = new float[chosen.length * width];
                for (int i = 0; i < chosen.length; i++) {
                    System.arraycopy(features.values(), chosen[i] * width, rows, i * width, width);
                    own[i] = features.labels()[chosen[i]];
                }
                executable.write(inputs.get(f), rows);
            }
            executable.write(labels, own);
        }

        @Override
        public int rows(int[] chosen) {
            return chosen.length;
        }

        @Override
        public int pictures(int[] chosen) {
            return chosen.length;
        }
    }
}
