package beits.mim;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.model.MaskedImageModel;
import beits.program.Program;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Looks at what a pre-trained model does with masked pictures: the most likely visual token of every patch, and the attention
 * of every block. Drop path is off.
 */
public final class TokenPredictor {
    private final BeitConfig config;
    private final int batch;
    private final Encoder.Inputs inputs;
    private final Slot tokens;
    private final Program program;
    private final List<Slot> attention;

    /** Records the program for a batch size over the layout that the model was made in. */
    public TokenPredictor(Layout layout, MaskedImageModel model, int batch) {
        this.config = model.encoder().config();
        this.batch = batch;
        this.inputs = new Encoder.Inputs(
                layout.input(batch, config.channels(), config.imageHeight(), config.imageWidth()),
                layout.indexes(batch, config.patches()),
                null);
        this.tokens = layout.indexes(batch * config.patches());
        Graph graph = new Graph("predict tokens", false);
        Encoder.Encoded encoded = model.encoder().apply(graph, inputs, true);
        encoded.attention().forEach(graph::output);
        Tensor patches = Tokens.slice(encoded.last(), 1, config.patches());
        Tensor logits = model.logits(model.normalise(patches));
        Tokens.argMax(logits, tokens);
        this.program = graph.build();
        this.attention = new ArrayList<>();
        for (Tensor tensor : encoded.attention()) {
            attention.add(graph.locate(tensor));
        }
    }

    /** The program, to be compiled with the others of the model. */
    public Program program() {
        return program;
    }

    /** Pictures of a batch. */
    public int batch() {
        return batch;
    }

    /**
     * Runs a batch.
     *
     * @param images [batch, channels, height, width]
     * @param mask whether a patch is hidden [batch, patches]
     * @return the most likely visual token of every patch [batch, patches]
     */
    public int[] predict(Executable executable, float[] images, boolean[] mask) {
        int[] values = new int[mask.length];
        for (int i = 0; i < mask.length; i++) {
            values[i] = mask[i] ? 1 : 0;
        }
        executable.write(inputs.images(), images);
        executable.write(Objects.requireNonNull(inputs.mask()), values);
        executable.run(program);
        return executable.readInts(tokens);
    }

    /**
     * Attention probabilities of a block in the last run.
     *
     * @return [batch, heads, tokens, tokens]
     */
    public float[] attention(Executable executable, int block) {
        return executable.readFloats(attention.get(block));
    }
}
