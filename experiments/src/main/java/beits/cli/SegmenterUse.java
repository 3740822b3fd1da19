package beits.cli;

import beits.data.ClassColours;
import beits.data.Dataset;
import beits.device.Device;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PictureException;
import beits.image.PngWriter;
import beits.job.Evaluation;
import beits.job.LoadedSegmenter;
import beits.job.ModelFile;
import beits.job.Pictures;
import beits.segmentation.MeanIou;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What {@code beits evaluate} and {@code beits predict} do with a segmentation model. */
final class SegmenterUse {
    /** Classes that an 8-bit label map can tell apart. */
    private static final int LARGEST_MAP = 256;

    private SegmenterUse() {}

    /** Prints the metrics of a data set as one line of JSON and returns the exit code. */
    static int evaluate(
            Device device,
            Path file,
            ModelFile model,
            Dataset test,
            LoadedSegmenter.Views views,
            PrintWriter out,
            PrintWriter err)
            throws IOException {
        try (LoadedSegmenter segmenter = LoadedSegmenter.open(device, model)) {
            List<String> names = segmenter.classNames();
            SameClasses.require(file, names, test.classNames(), err);
            AtomicInteger unusable = new AtomicInteger();
            MeanIou metrics = Evaluation.segment(segmenter, test, views, fault -> {
                err.println("beits: " + fault);
                unusable.incrementAndGet();
            });
            if (unusable.get() < test.size()) {
                out.println(Json.line(metrics(file, metrics, names, test.size() - unusable.get(), unusable.get())));
            }
            return Unreadable.exitCode(unusable.get(), test.size(), err);
        }
    }

    private static Map<String, Object> metrics(
            Path file, MeanIou metrics, List<String> names, int pictures, int unusable) {
        double[] iou = metrics.iouPerClass();
        double[] accuracy = metrics.accuracyPerClass();
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("class", names.get(c));
            one.put("iou", share(iou[c]));
            one.put("accuracy", share(accuracy[c]));
            classes.add(one);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("checkpoint", file.toString());
        all.put("pictures", pictures);
        all.put("unreadable", unusable);
        all.put("meanIou", share(metrics.meanIou()));
        all.put("meanAccuracy", share(metrics.meanAccuracy()));
        all.put("pixelAccuracy", share(metrics.pixelAccuracy()));
        all.put("classes", classes);
        return all;
    }

    /** A share, or null for a class that does not occur. */
    private static @Nullable Double share(double value) {
        return Double.isNaN(value) ? null : Json.share(value);
    }

    /** Writes a label map and an overlay of every picture, prints a line of JSON for each, and returns the exit code. */
    static int predict(
            Device device,
            Path file,
            ModelFile model,
            List<Path> pictures,
            Path folder,
            LoadedSegmenter.Views views,
            PrintWriter out,
            PrintWriter err)
            throws IOException {
        ImageReader reader = Pictures.reader();
        Set<String> used = new HashSet<>();
        int unreadable = 0;
        try (LoadedSegmenter segmenter = LoadedSegmenter.open(device, model)) {
            if (segmenter.classNames().size() > LARGEST_MAP) {
                throw new UserException("%s: %d classes do not fit the 8 bits of a label map"
                        .formatted(file, segmenter.classNames().size()));
            }
            for (Path name : pictures) {
                Image picture;
                try {
                    picture = reader.read(name);
                } catch (PictureException e) {
                    err.println("beits: " + e.getMessage());
                    unreadable++;
                    continue;
                }
                int[] labels = segmenter.classes(picture, views);
                Files.createDirectories(folder);
                String stem = PictureFiles.stem(name, used);
                Path map = folder.resolve(stem + ".labels.png");
                Path overlay = folder.resolve(stem + ".overlay.png");
                PngWriter.write(map(labels, picture), map);
                PngWriter.write(ClassColours.overlay(picture, labels, 0), overlay);
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("picture", name.toString());
                line.put("labels", map.toString());
                line.put("overlay", overlay.toString());
                line.put("classes", shares(labels, segmenter.classNames()));
                out.println(Json.line(line));
            }
        }
        return Unreadable.exitCode(unreadable, pictures.size(), err);
    }

    private static Image map(int[] labels, Image picture) {
        byte[] pixels = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            pixels[i] = (byte) labels[i];
        }
        return new Image(picture.height(), picture.width(), 1, pixels);
    }

    private static List<Map<String, Object>> shares(int[] labels, List<String> names) {
        int[] pixels = new int[names.size()];
        for (int label : labels) {
            pixels[label]++;
        }
        List<Map<String, Object>> shares = new ArrayList<>();
        for (int c = 0; c < pixels.length; c++) {
            if (pixels[c] > 0) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("class", names.get(c));
                one.put("index", c);
                one.put("share", Json.share((double) pixels[c] / labels.length));
                shares.add(one);
            }
        }
        return shares;
    }
}
