package beits.classification;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.model.Encoder;
import beits.model.ImageClassifier;
import beits.program.Program;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Classifies pictures in batches of a fixed size; a short batch is filled up with zeros. */
public final class ClassPredictor {
    private final int batch;
    private final int classes;
    private final Encoder.Inputs inputs;
    private final Program program;
    private final Slot logits;
    private final List<Slot> attention;
    private final List<Slot> hidden;

    /**
     * Records the program over the layout that the model was made in.
     *
     * @param inspect whether attention and hidden states of every block can be read after a run
     */
    public ClassPredictor(Layout layout, ImageClassifier model, int batch, boolean inspect) {
        this.batch = batch;
        this.classes = model.classes();
        this.inputs = Encoder.Inputs.pictures(layout, model.encoder().config(), batch);
        Graph graph = new Graph("classify", false);
        Encoder.Encoded encoded = model.encoder().apply(graph, inputs, inspect);
        Tensor out = graph.output(model.logits(model.pool(encoded)));
        if (inspect) {
            encoded.attention().forEach(graph::output);
            encoded.hidden().forEach(graph::output);
        }
        this.program = graph.build();
        this.logits = graph.locate(out);
        this.attention = new ArrayList<>();
        this.hidden = new ArrayList<>();
        if (inspect) {
            encoded.attention().forEach(t -> attention.add(graph.locate(t)));
            encoded.hidden().forEach(t -> hidden.add(graph.locate(t)));
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

    /** Number of classes. */
    public int classes() {
        return classes;
    }

    /**
     * Logits of up to {@link #batch()} pictures.
     *
     * @param images [count, channels, height, width]
     * @param count pictures given
     * @return [count, classes]
     */
    public float[] logits(Executable executable, float[] images, int count) {
        if (count < 1 || count > batch) {
            throw new IllegalArgumentException("%d pictures for a batch of %d".formatted(count, batch));
        }
        executable.write(
                inputs.images(),
                Arrays.copyOf(images, Math.toIntExact(inputs.images().size())));
        executable.run(program);
        return Arrays.copyOf(executable.readFloats(logits), count * classes);
    }

    /** Attention probabilities of a block in the last run: [batch, heads, tokens, tokens]. */
    public float[] attention(Executable executable, int block) {
        return executable.readFloats(attention.get(block));
    }

    /** Output of a block in the last run: [batch, tokens, width]. */
    public float[] hidden(Executable executable, int block) {
        return executable.readFloats(hidden.get(block));
    }
}
