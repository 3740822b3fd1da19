package beits.analysis;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Products;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Slot;
import java.util.Arrays;

/**
 * Classifies by the k most similar training pictures: cosine similarity s, each neighbour votes exp(s / 0.07) for its class (Wu et
 * al. 2018, §3.4). Of equally similar pictures the earlier one is the nearer, of equal votes the class with the lower number wins.
 */
public final class NearestNeighbours {
    private static final double TEMPERATURE = 0.07;
    private static final int BATCH = 128;

    private NearestNeighbours() {}

    /**
     * Share of the test pictures that are classified rightly.
     *
     * @param k neighbours that vote, at most as many as there are training pictures
     */
    public static double top1(Device device, LabelledFeatures train, LabelledFeatures test, int classes, int k) {
        if (k < 1 || train.pictures() == 0 || test.pictures() == 0 || train.width() != test.width()) {
            throw new IllegalArgumentException(
                    "%d neighbours out of %d pictures for %d pictures".formatted(k, train.pictures(), test.pictures()));
        }
        int width = train.width();
        LabelledFeatures known = train.normalised();
        LabelledFeatures asked = test.normalised();
        Layout layout = new Layout();
        Slot keys = layout.input(known.pictures(), width);
        Slot queries = layout.input(BATCH, width);
        Graph graph = new Graph("similarities", false);
        Tensor similar = graph.output(Products.linear(graph.constant(queries), graph.constant(keys), null));
        Program program = graph.build();
        int right = 0;
        try (Executable executable = device.compile(program)) {
            executable.write(keys, known.values());
            for (int first = 0; first < asked.pictures(); first += BATCH) {
                int count = Math.min(BATCH, asked.pictures() - first);
                float[] rows = Arrays.copyOfRange(asked.values(), first * width, (first + count) * width);
                executable.write(queries, Arrays.copyOf(rows, BATCH * width));
                executable.run(program);
                float[] similarities = executable.readFloats(graph.locate(similar));
                for (int i = 0; i < count; i++) {
                    int own = vote(similarities, i * known.pictures(), known.labels(), classes, k);
                    right += own == asked.labels()[first + i] ? 1 : 0;
                }
            }
        }
        return (double) right / asked.pictures();
    }

    private static int vote(float[] similarities, int from, int[] labels, int classes, int k) {
        int kept = Math.min(k, labels.length);
        int[] nearest = new int[kept];
        int count = 0;
        for (int i = 0; i < labels.length; i++) {
            float value = similarities[from + i];
            if (count == kept && !(value > similarities[from + nearest[kept - 1]])) {
                continue;
            }
            int at = count < kept ? count++ : kept - 1;
            while (at > 0 && value > similarities[from + nearest[at - 1]]) {
                nearest[at] = nearest[at - 1];
                at--;
            }
            nearest[at] = i;
        }
        double[] votes = new double[classes];
        for (int i : nearest) {
            votes[labels[i]] += Math.exp((similarities[from + i] - 1) / TEMPERATURE);
        }
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = votes[c] > votes[best] ? c : best;
        }
        return best;
    }
}
