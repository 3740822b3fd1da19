package beits.job;

import beits.classification.Accuracy;
import beits.classification.ClassPredictor;
import beits.data.Batch;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.PicturePipeline;
import beits.device.Executable;
import beits.transform.EvalTransform;
import beits.transform.Normalisation;
import java.util.Arrays;
import java.util.List;

/** Measures a classifier on labelled pictures. */
public final class Evaluation {
    private Evaluation() {}

    /** Classifies every picture of a data set. */
    public static Accuracy classify(
            ClassPredictor predictor, Executable executable, Dataset data, PicturePipeline pipeline, int workers) {
        Accuracy accuracy = new Accuracy(predictor.classes());
        try (Loader loader = Loader.once(data, pipeline, LoaderOptions.evaluation(predictor.batch(), workers))) {
            while (loader.hasNext()) {
                Batch batch = loader.next();
                float[] logits = predictor.logits(executable, batch.images(), batch.count());
                accuracy.add(logits, Arrays.copyOf(batch.labels(), batch.count()));
            }
        }
        return accuracy;
    }

    /** Pictures as a trained network reads them: resized and cropped at the centre unless they have its size already. */
    public static PicturePipeline pipeline(Dataset data, int size, Normalisation normalisation) {
        return new PicturePipeline(
                TokenizerJob.hasSize(data, size) ? List.of() : List.of(new EvalTransform(size)), size, normalisation);
    }
}
