package beits.analysis;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.program.Program;
import beits.tensor.Slot;

/** Where a patch of a picture looks in one layer (paper §4, Figure 2). */
public final class AttentionMaps {
    private final BeitConfig config;
    private final Encoder.Inputs inputs;
    private final Program program;
    private final Slot probabilities;

    /**
     * Records the program for one picture over the layout that the encoder was made in.
     *
     * @param layer counted from 1
     * @throws IllegalArgumentException when the encoder does not have it
     */
    public AttentionMaps(Layout layout, Encoder encoder, int layer) {
        this.config = encoder.config();
        this.inputs = Encoder.Inputs.pictures(layout, config, 1);
        Graph graph = new Graph("attention", false);
        Encoder.Encoded encoded = encoder.apply(graph, inputs, true);
        LayerFeatures.layer(encoded, layer);
        Tensor wanted = graph.output(encoded.attention().get(layer - 1));
        this.program = graph.build();
        this.probabilities = graph.locate(wanted);
    }

    /** The program, to be compiled with the others of the model. */
    public Program program() {
        return program;
    }

    /**
     * Attention of one patch to every patch, a map for each head. A head's weights and its weight for the class token sum to 1.
     *
     * @param image [channels, height, width]
     * @param patch its number, row by row from 0
     * @return [heads][patches]
     */
    public double[][] of(Executable executable, float[] image, int patch) {
        executable.write(inputs.images(), image);
        executable.run(program);
        return ofPatch(executable.readFloats(probabilities), config.heads(), config.tokens(), 0, patch);
    }

    /**
     * The maps of a patch out of a layer's probabilities.
     *
     * @param probabilities [batch, heads, tokens, tokens]
     * @param picture its number in the batch
     * @param patch its number, row by row from 0
     * @return [heads][tokens − 1]
     */
    public static double[][] ofPatch(float[] probabilities, int heads, int tokens, int picture, int patch) {
        double[][] maps = new double[heads][tokens - 1];
        for (int h = 0; h < heads; h++) {
            int row = ((picture * heads + h) * tokens + patch + 1) * tokens;
            for (int j = 0; j < tokens - 1; j++) {
                maps[h][j] = probabilities[row + j + 1];
            }
        }
        return maps;
    }

    /** Mean over the heads. */
    public static double[] mean(double[][] maps) {
        double[] mean = new double[maps[0].length];
        for (double[] map : maps) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] += map[j] / maps.length;
            }
        }
        return mean;
    }
}
