package beits.analysis;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.device.Executable;
import beits.model.Encoder;
import beits.program.Program;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Outputs of an encoder's blocks for batches of pictures, without a final norm; a short batch is filled up with zeros. */
public final class LayerFeatures {
    private final Encoder.Inputs inputs;
    private final int batch;
    private final List<Feature> features;
    private final Program program;
    private final List<Slot> slots = new ArrayList<>();

    /** What is taken of a block's tokens. */
    public enum Pool {
        /** Mean of the patches, without the class token: [width]. */
        MEAN,
        /** The class token: [width]. */
        CLASS,
        /** All of them, the class token first: [tokens, width]. */
        NONE
    }

    /**
     * One thing to read.
     *
     * @param layer counted from 1
     * @param pool what is taken of it
     */
    public record Feature(int layer, Pool pool) {}

    /**
     * Records the program over the layout that the encoder was made in.
     *
     * @param batch pictures of a batch
     * @throws IllegalArgumentException for a layer that the encoder does not have
     */
    public LayerFeatures(Layout layout, Encoder encoder, int batch, List<Feature> features) {
        this.inputs = Encoder.Inputs.pictures(layout, encoder.config(), batch);
        this.batch = batch;
        this.features = List.copyOf(features);
        Graph graph = new Graph("features", false);
        Encoder.Encoded encoded = encoder.apply(graph, inputs, false);
        List<Tensor> tensors = new ArrayList<>();
        for (Feature feature : features) {
            Tensor tokens = layer(encoded, feature.layer);
            tensors.add(graph.output(
                    switch (feature.pool) {
                        case MEAN -> Tokens.mean(tokens, 1);
                        case CLASS -> Tokens.slice(tokens, 0, 1);
                        case NONE -> tokens;
                    }));
        }
        this.program = graph.build();
        tensors.forEach(tensor -> slots.add(graph.locate(tensor)));
    }

    static Tensor layer(Encoder.Encoded encoded, int layer) {
        int depth = encoded.hidden().size();
        if (layer < 1 || layer > depth) {
            throw new IllegalArgumentException("layer %d: the encoder has layers 1 to %d".formatted(layer, depth));
        }
        return encoded.hidden().get(layer - 1);
    }

    /** The program, to be compiled with the others of the model. */
    public Program program() {
        return program;
    }

    /** What is read, in order. */
    public List<Feature> features() {
        return features;
    }

    /**
     * Runs a batch.
     *
     * @param images [at most batch, channels, height, width]
     */
    public void run(Executable executable, float[] images) {
        executable.write(
                inputs.images(),
                Arrays.copyOf(images, Math.toIntExact(inputs.images().size())));
        executable.run(program);
    }

    /**
     * One of the features of the last run.
     *
     * @param feature its place in {@link #features()}
     * @param count pictures that are wanted
     * @return [count, width], or [count, tokens, width] for all tokens
     */
    public float[] read(Executable executable, int feature, int count) {
        float[] values = executable.readFloats(slots.get(feature));
        return Arrays.copyOf(values, values.length / batch * count);
    }
}
