package beits.job;

import beits.classification.Accuracy;
import beits.classification.ClassPredictor;
import beits.data.Batch;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.LoaderOptions.Broken;
import beits.data.PicturePipeline;
import beits.data.Sample;
import beits.device.Executable;
import beits.image.Image;
import beits.image.PictureException;
import beits.segmentation.MeanIou;
import beits.transform.Normalisation;
import beits.transform.TestTransform;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Runs trained networks over data sets. */
public final class Evaluation {
    private Evaluation() {}

    /** One pass; a picture that cannot be read is left out or ends it. */
    static LoaderOptions options(int batch, int workers, boolean skipBroken) {
        return LoaderOptions.evaluation(batch, workers).withBroken(skipBroken ? Broken.SKIP : Broken.STOP);
    }

    /** Classifies every picture of a data set. */
    public static Accuracy classify(
            ClassPredictor predictor,
            Executable executable,
            Dataset data,
            PicturePipeline pipeline,
            LoaderOptions options) {
        Accuracy accuracy = new Accuracy(predictor.classes());
        read(data, pipeline, options, fault -> {}, batch -> count(predictor, executable, batch, accuracy));
        return accuracy;
    }

    /**
     * Classifies every picture of a data set that can be read.
     *
     * @param faults hears the name of each other picture, and why
     */
    public static Accuracy classifyReadable(
            LoadedClassifier classifier, Dataset data, int workers, Consumer<String> faults) {
        ClassPredictor predictor = classifier.predictor();
        Accuracy accuracy = new Accuracy(predictor.classes());
        LoaderOptions options = options(predictor.batch(), workers, true);
        read(
                data,
                classifier.pipeline(),
                options,
                faults,
                batch -> count(predictor, classifier.executable(), batch, accuracy));
        return accuracy;
    }

    private static void count(ClassPredictor predictor, Executable executable, Batch batch, Accuracy accuracy) {
        float[] logits = predictor.logits(executable, batch.images(), batch.count());
        accuracy.add(logits, Arrays.copyOf(batch.labels(), batch.count()));
    }

    /**
     * Finds the class of every pixel of every picture of a data set, each at its own size.
     *
     * @param faults hears the name of each picture that cannot be used, or whose mask cannot, and why
     */
    public static MeanIou segment(
            LoadedSegmenter segmenter, Dataset data, LoadedSegmenter.Views views, Consumer<String> faults) {
        MeanIou metrics = new MeanIou(segmenter.classNames().size());
        for (int i = 0; i < data.size(); i++) {
            try {
                if (!(data.get(i) instanceof Sample.Segmented sample)) {
                    throw new PictureException(data.name(i), "has no class mask");
                }
                metrics.add(labels(sample.mask()), segmenter.classes(sample.picture(), views));
            } catch (PictureException e) {
                faults.accept(String.valueOf(e.getMessage()));
            }
        }
        return metrics;
    }

    /** The classes of a mask; what is ignored is no class of any model. */
    private static int[] labels(Image mask) {
        int[] labels = new int[mask.pixels().length];
        for (int i = 0; i < labels.length; i++) {
            int label = mask.pixels()[i] & 0xff;
            labels[i] = label == Sample.Segmented.IGNORED ? -1 : label;
        }
        return labels;
    }

    /**
     * Reads a data set once, in order.
     *
     * @param faults hears the name of each picture that was skipped, and why
     * @param batches hears every batch that has a picture; its arrays are used again afterwards
     * @return how many pictures were skipped
     */
    public static long read(
            Dataset data,
            PicturePipeline pipeline,
            LoaderOptions options,
            Consumer<String> faults,
            Consumer<Batch> batches) {
        try (Loader loader = Loader.once(data, pipeline, options)) {
            int told = 0;
            while (loader.hasNext()) {
                Batch batch = loader.next();
                for (; told < loader.broken().size(); told++) {
                    faults.accept(loader.broken().get(told));
                }
                if (batch.count() > 0) {
                    batches.accept(batch);
                }
                loader.recycle(batch);
            }
            return loader.brokenCount();
        }
    }

    /** Pictures as a trained network reads them. */
    public static PicturePipeline pipeline(int size, Normalisation normalisation) {
        return new PicturePipeline(List.of(new TestTransform(size)), size, normalisation);
    }
}
