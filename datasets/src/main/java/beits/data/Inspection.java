package beits.data;

import beits.image.Image;
import beits.image.PictureException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is in a data set, from decoding every sample.
 *
 * @param samples number of samples, broken ones included
 * @param classCounts samples, or for segmentation pixels, of each class in label order
 * @param ignoredPixels pixels of class 255, for segmentation
 * @param sizes how many pictures of each "height x width", at most the twenty most frequent
 * @param channelCounts how many pictures of 1, 3 and 4 channels
 * @param minHeight over all pictures; 0 when none could be read, as the three that follow
 * @param maxHeight over all pictures
 * @param minWidth over all pictures
 * @param maxWidth over all pictures
 * @param mean of red, green and blue in 0…1, every pixel alike
 * @param std as {@code mean}
 * @param brokenCount pictures that cannot be used
 * @param broken names and reasons of the first hundred
 */
public record Inspection(
        int samples,
        Map<String, Long> classCounts,
        long ignoredPixels,
        Map<String, Integer> sizes,
        Map<Integer, Integer> channelCounts,
        int minHeight,
        int maxHeight,
        int minWidth,
        int maxWidth,
        List<Double> mean,
        List<Double> std,
        int brokenCount,
        List<String> broken) {
    private static final int LISTED_SIZES = 20;
    private static final int LISTED_FAULTS = 100;

    /** Decodes every sample in the common thread pool; the result does not depend on its size. */
    public static Inspection of(Dataset data) {
        long[] classes = new long[Math.max(256, data.classNames().size())];
        Map<String, Integer> sizes = new TreeMap<>();
        Map<Integer, Integer> channels = new TreeMap<>();
        List<String> broken = new ArrayList<>();
        long[] sum = new long[3];
        long[] squares = new long[3];
        long pixels = 0;
        int faults = 0;
        int[] extent = {Integer.MAX_VALUE, 0, Integer.MAX_VALUE, 0};
        int chunk = 256;
        for (int from = 0; from < data.size(); from += chunk) {
            List<One> read = IntStream.range(from, Math.min(data.size(), from + chunk))
                    .parallel()
                    .mapToObj(i -> one(data, i))
                    .toList();
            for (One one : read) {
                if (!one.fault().isEmpty()) {
                    faults++;
                    if (broken.size() < LISTED_FAULTS) {
                        broken.add(one.fault());
                    }
                    continue;
                }
                sizes.merge(one.height() + " x " + one.width(), 1, Integer::sum);
                channels.merge(one.channels(), 1, Integer::sum);
                extent[0] = Math.min(extent[0], one.height());
                extent[1] = Math.max(extent[1], one.height());
                extent[2] = Math.min(extent[2], one.width());
                extent[3] = Math.max(extent[3], one.width());
                pixels += (long) one.height() * one.width();
                for (int c = 0; c < 3; c++) {
                    sum[c] += one.sums()[c];
                    squares[c] += one.sums()[3 + c];
                }
                for (int c = 0; c < one.classes().length; c++) {
                    classes[c] += one.classes()[c];
                }
            }
        }
        Map<String, Long> classCounts = new LinkedHashMap<>();
        for (int c = 0; c < data.classNames().size(); c++) {
            classCounts.put(data.classNames().get(c), classes[c]);
        }
        List<Double> mean = new ArrayList<>();
        List<Double> std = new ArrayList<>();
        for (int c = 0; c < 3; c++) {
            double m = pixels == 0 ? 0 : (double) sum[c] / pixels;
            double variance = pixels == 0 ? 0 : (double) squares[c] / pixels - m * m;
            mean.add(m / 255);
            std.add(Math.sqrt(Math.max(0, variance)) / 255);
        }
        return new Inspection(
                data.size(),
                classCounts,
                classes.length > 255 && data.classNames().size() <= 255 ? classes[255] : 0,
                mostFrequent(sizes),
                channels,
                pixels == 0 ? 0 : extent[0],
                extent[1],
                pixels == 0 ? 0 : extent[2],
                extent[3],
                List.copyOf(mean),
                List.copyOf(std),
                faults,
                List.copyOf(broken));
    }

    @SuppressWarnings("ArrayRecordComponent") // one sample's sums, never compared
    private record One(int height, int width, int channels, long[] sums, long[] classes, String fault) {}

    private static One one(Dataset data, int index) {
        Sample sample;
        try {
            sample = data.get(index);
        } catch (PictureException e) {
            return new One(0, 0, 0, new long[0], new long[0], String.valueOf(e.getMessage()));
        }
        Image picture = sample.picture();
        byte[] rgb = picture.rgb().pixels();
        long[] sums = new long[6];
        for (int i = 0; i < rgb.length; i++) {
            int v = rgb[i] & 0xff;
            sums[i % 3] += v;
            sums[3 + i % 3] += (long) v * v;
        }
        return new One(picture.height(), picture.width(), picture.channels(), sums, classes(sample), "");
    }

    private static long[] classes(Sample sample) {
        return switch (sample) {
            case Sample.Unlabelled _ -> new long[0];
            case Sample.Labelled labelled -> {
                long[] counts = new long[labelled.label() + 1];
                counts[labelled.label()] = 1;
                yield counts;
            }
            case Sample.Segmented segmented -> {
                long[] counts = new long[256];
                for (byte label : segmented.mask().pixels()) {
                    counts[label & 0xff]++;
                }
                yield counts;
            }
        };
    }

    private static Map<String, Integer> mostFrequent(Map<String, Integer> sizes) {
        return sizes.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(LISTED_SIZES)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, LinkedHashMap::new));
    }
}
