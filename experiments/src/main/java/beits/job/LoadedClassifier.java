package beits.job;

import beits.autograd.Layout;
import beits.classification.ClassPredictor;
import beits.data.PicturePipeline;
import beits.device.Device;
import beits.device.Executable;
import beits.model.ImageClassifier;
import beits.recipe.ModelRecipe;
import beits.train.RunCheckpoints;
import beits.transform.Normalisation;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** A trained classifier on a device, for batches of one size. */
public final class LoadedClassifier implements AutoCloseable {
    private final List<String> classNames;
    private final PicturePipeline pipeline;
    private final ClassPredictor predictor;
    private final Executable executable;

    private LoadedClassifier(Device device, ModelFile file, int batch) throws IOException {
        ModelCard card = file.card().require(ModelKind.CLASSIFIER, file.source());
        ModelRecipe recipe = Objects.requireNonNull(card.encoder());
        Layout layout = new Layout();
        this.classNames = card.classNames();
        ImageClassifier model = new ImageClassifier(
                layout, recipe.config(), classNames.size(), Objects.requireNonNull(card.pooling()), 1);
        this.pipeline = Evaluation.pipeline(recipe.imageSize(), new Normalisation(card.mean(), card.std()));
        this.predictor = new ClassPredictor(layout, model, batch, false);
        this.executable = device.compile(predictor.program());
        try {
            RunCheckpoints.load(file.tensors(), layout, executable, file.source());
        } catch (IOException | RuntimeException e) {
            executable.close();
            throw e;
        }
    }

    /**
     * Loads a classifier.
     *
     * @param batch pictures of a batch
     * @throws beits.checkpoint.CheckpointException when it holds something else
     */
    public static LoadedClassifier open(Device device, ModelFile file, int batch) throws IOException {
        return new LoadedClassifier(device, file, batch);
    }

    /** Names of its classes in the order of the logits. */
    public List<String> classNames() {
        return classNames;
    }

    /** How it reads pictures. */
    public PicturePipeline pipeline() {
        return pipeline;
    }

    /** Its program. */
    public ClassPredictor predictor() {
        return predictor;
    }

    /** Where it runs. */
    public Executable executable() {
        return executable;
    }

    @Override
    public void close() {
        executable.close();
    }
}
