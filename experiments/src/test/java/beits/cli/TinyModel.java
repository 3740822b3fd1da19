package beits.cli;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.job.ModelCard;
import beits.job.ModelKind;
import beits.model.ImageClassifier;
import beits.model.ImageClassifier.Pooling;
import beits.model.MaskedImageModel;
import beits.recipe.ModelRecipe;
import beits.recipe.SegmentRecipe;
import beits.segmentation.SegmentationModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Checkpoints of untrained networks of a few thousand parameters. */
final class TinyModel {
    static final int DEPTH = 3;
    static final int HEADS = 2;
    static final int WIDTH = 16;
    static final int GRID = 4;
    private static final int VOCABULARY = 8;

    private TinyModel() {}

    /** A classifier for grey pictures of 28 pixels. */
    static Path classifier(Path file, List<String> classNames) throws IOException {
        Layout layout = new Layout();
        ModelRecipe recipe = recipe(true, 1);
        // Large start values for the head, so that pictures do differ in their classes.
        new ImageClassifier(layout, recipe.config(), classNames.size(), Pooling.MEAN, 50);
        return write(
                file,
                layout,
                new ModelCard(
                        ModelKind.CLASSIFIER,
                        recipe,
                        null,
                        0,
                        Pooling.MEAN,
                        classNames,
                        List.of(0.5f),
                        List.of(0.5f),
                        null));
    }

    /** A masked image model for grey pictures of 28 pixels. */
    static Path masked(Path file) throws IOException {
        return masked(file, List.of(0.5f), List.of(0.5f));
    }

    /** A masked image model for pictures of 28 pixels with a channel for each of these constants. */
    static Path masked(Path file, List<Float> mean, List<Float> std) throws IOException {
        Layout layout = new Layout();
        ModelRecipe recipe = recipe(false, mean.size());
        new MaskedImageModel(layout, recipe.config(), VOCABULARY);
        return write(
                file,
                layout,
                new ModelCard(
                        ModelKind.MASKED_IMAGE_MODEL, recipe, null, VOCABULARY, null, List.of(), mean, std, null));
    }

    /** UPerNet for grey pictures of 64 pixels, on so many blocks, of which the decoder reads some, and with so many channels. */
    static Path segmenter(Path file, int depth, List<Integer> blocks, int channels, List<String> classNames)
            throws IOException {
        Layout layout = new Layout();
        ModelRecipe recipe =
                new ModelRecipe(64, 16, 1, WIDTH, depth, HEADS, 2, true, false, true, false, 0.1, 0, false);
        ModelCard.Decoder decoder = new ModelCard.Decoder(SegmentRecipe.Decoder.UPERNET, blocks, channels);
        new SegmentationModel(
                layout, SegmentRecipe.config(decoder.kind(), recipe, blocks, channels, classNames.size()));
        return write(
                file,
                layout,
                new ModelCard(
                        ModelKind.SEGMENTER,
                        recipe,
                        null,
                        0,
                        null,
                        classNames,
                        List.of(0.5f),
                        List.of(0.5f),
                        null,
                        decoder));
    }

    private static ModelRecipe recipe(boolean fineTuning, int channels) {
        return new ModelRecipe(
                28, 7, channels, WIDTH, DEPTH, HEADS, 2, true, false, fineTuning, !fineTuning, 0.1, 0, false);
    }

    private static Path write(Path file, Layout layout, ModelCard card) throws IOException {
        NamedTensors tensors = new NamedTensors();
        for (Parameter parameter : layout.parameters()) {
            int size = Math.toIntExact(parameter.slot().size());
            tensors.put(
                    parameter.name(),
                    TensorData.of(
                            parameter.initialiser().draw(size, 1, parameter.name()),
                            parameter.slot().shape().extents()));
        }
        for (Layout.State state : layout.states()) {
            float[] values = new float[Math.toIntExact(state.slot().size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = state.initial() + i % 3 * 0.25f;
            }
            tensors.put(state.name(), TensorData.of(values, state.slot().shape().extents()));
        }
        card.description().forEach(tensors::describe);
        Safetensors.write(file, tensors);
        return file;
    }
}
