package beits.job;

import beits.analysis.LayerFeatures;
import beits.analysis.LayerFeatures.Feature;
import beits.autograd.Layout;
import beits.data.Dataset;
import beits.data.LoaderOptions;
import beits.data.LoaderOptions.Broken;
import beits.device.Device;
import beits.device.Executable;
import beits.model.Encoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Features of every readable picture of a data set, taken in one pass.
 *
 * @param features what was taken
 * @param values for each feature [pictures, …], as {@link LayerFeatures} gives it
 * @param labels of the pictures, −1 without one
 * @param indices of the pictures in the data set
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are the content; features are never compared
public record CachedFeatures(List<Feature> features, List<float[]> values, int[] labels, int[] indices) {
    private static final int BATCH = 32;
    private static final int WORKERS = 2;

    public CachedFeatures {
        features = List.copyOf(features);
        values = List.copyOf(values);
    }

    /** Number of pictures. */
    public int pictures() {
        return indices.length;
    }

    /** Values of one picture in a feature. */
    public int length(int feature) {
        return indices.length == 0 ? 0 : values.get(feature).length / indices.length;
    }

    /**
     * Takes features of pictures at the encoder's own size.
     *
     * @param faults hears the name of each picture that was skipped, and why
     */
    public static CachedFeatures of(
            EncoderCheckpoint checkpoint, Device device, Dataset data, List<Feature> features, Consumer<String> faults)
            throws IOException {
        Layout layout = new Layout();
        int batch = Math.min(BATCH, data.size());
        Encoder encoder = checkpoint.create(layout, checkpoint.config());
        LayerFeatures reader = new LayerFeatures(layout, encoder, batch, features);
        List<List<float[]>> parts = new ArrayList<>();
        features.forEach(_ -> parts.add(new ArrayList<>()));
        int[] labels = new int[data.size()];
        int[] indices = new int[data.size()];
        int[] count = {0};
        try (Executable executable = checkpoint.load(device, layout, encoder, reader.program())) {
            Evaluation.read(
                    data,
                    Evaluation.pipeline(checkpoint.config().imageHeight(), checkpoint.normalisation()),
                    LoaderOptions.evaluation(batch, WORKERS).withBroken(Broken.SKIP),
                    faults,
                    read -> {
                        reader.run(executable, read.images());
                        for (int f = 0; f < features.size(); f++) {
                            parts.get(f).add(reader.read(executable, f, read.count()));
                        }
                        System.arraycopy(read.labels(), 0, labels, count[0], read.count());
                        System.arraycopy(read.indices(), 0, indices, count[0], read.count());
                        count[0] += read.count();
                    });
        }
        return new CachedFeatures(
                features,
                parts.stream().map(CachedFeatures::joined).toList(),
                Arrays.copyOf(labels, count[0]),
                Arrays.copyOf(indices, count[0]));
    }

    private static float[] joined(List<float[]> parts) {
        float[] whole = new float
                [Math.toIntExact(parts.stream().mapToLong(p -> p.length).sum())];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }
}
