package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.checkpoint.BeitDescription;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.NamedTensors;
import beits.device.Device;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.model.ImageClassifier;
import beits.model.MaskedImageModel;
import beits.program.Program;
import beits.tensor.Slot;
import beits.train.RunCheckpoints;
import java.util.Objects;

/**
 * A model that is built from the tensors of a checkpoint alone.
 *
 * @param description what the tensors tell
 * @param weights under official names, without index buffers
 */
record LoadedModel(BeitDescription description, NamedTensors weights) {
    /**
     * Describes the model.
     *
     * @param config has its number of heads
     * @param size name of the field that has its picture size
     */
    static LoadedModel of(Fields config, String size, NamedTensors weights) throws CheckpointException {
        int[] pixels = config.pair(size);
        BeitDescription.Hints hints = new BeitDescription.Hints(config.integer("num_heads"), pixels[0], pixels[1]);
        return new LoadedModel(BeitDescription.infer(weights, hints, "the checkpoint"), weights);
    }

    /** Logits of the case's images: of every patch for a model with a token head, else of the classes. */
    double[] logits(Device device, GoldenCase golden) throws CheckpointException {
        BeitConfig network = description.network();
        GoldenTensor images = golden.input("images");
        Layout layout = new Layout();
        Slot pictures = layout.input(images.shape());
        Slot mask = layout.indexes(images.shape()[0], network.patches());
        Graph graph = new Graph("outputs", false);
        Tensor logits;
        if (description.vocabulary() > 0) {
            MaskedImageModel model = new MaskedImageModel(layout, network, description.vocabulary());
            Encoder.Encoded encoded = model.encoder().apply(graph, new Encoder.Inputs(pictures, mask, null), false);
            logits = model.logits(model.normalise(Tokens.slice(encoded.last(), 1, network.patches())));
        } else {
            ImageClassifier model = new ImageClassifier(
                    layout, network, description.classes(), Objects.requireNonNull(description.pooling()), 1);
            Encoder.Encoded encoded = model.encoder().apply(graph, new Encoder.Inputs(pictures, null, null), false);
            logits = model.logits(model.pool(encoded));
        }
        graph.output(logits);
        Program program = graph.build();
        try (Executable executable = device.compile(program)) {
            RunCheckpoints.load(weights, layout, executable, "the checkpoint");
            executable.write(pictures, images.values());
            if (golden.inputs().containsKey("mask")) {
                executable.write(mask, golden.input("mask").integers());
            }
            executable.run(program);
            return executable.readDoubles(graph.locate(logits));
        }
    }
}
