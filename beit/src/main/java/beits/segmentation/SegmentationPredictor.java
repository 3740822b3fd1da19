package beits.segmentation;

import beits.autograd.Graph;
import beits.autograd.Images;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.program.Program;
import beits.tensor.Slot;

/** Class logits for every pixel of pictures of the training size. */
public final class SegmentationPredictor {
    private final int batch;
    private final Encoder.Inputs inputs;
    private final Program program;
    private final Slot logits;

    /** Records the program over the layout that the model was made in. */
    public SegmentationPredictor(Layout layout, SegmentationModel model, int batch) {
        BeitConfig config = model.config().encoder();
        this.batch = batch;
        this.inputs = Encoder.Inputs.pictures(layout, config, batch);
        Graph graph = new Graph("segment", false);
        Tensor out = model.apply(graph, inputs, false).main();
        if (out.shape().extent(1) != config.imageHeight() || out.shape().extent(2) != config.imageWidth()) {
            out = Images.upsampleBilinear(out, config.imageHeight(), config.imageWidth(), false);
        }
        graph.output(out);
        this.program = graph.build();
        this.logits = graph.locate(out);
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
     * @return logits [batch, height, width, classes]
     */
    public float[] logits(Executable executable, float[] images) {
        executable.write(inputs.images(), images);
        executable.run(program);
        return executable.readFloats(logits);
    }
}
