package beits.segmentation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sliding-window inference (mmseg {@code EncoderDecoder.slide_inference}): overlapping crops, logits averaged where they overlap.
 * The last crop of a row or column is moved back so that it ends at the edge. A picture smaller than a crop is padded with zeros
 * at the bottom and the right.
 *
 * @param cropHeight rows of a crop
 * @param cropWidth columns of a crop
 * @param strideHeight rows from one crop to the next
 * @param strideWidth columns from one crop to the next
 */
public record SlidingWindow(int cropHeight, int cropWidth, int strideHeight, int strideWidth) {
    public SlidingWindow {
        if (cropHeight < 1 || cropWidth < 1 || strideHeight < 1 || strideWidth < 1) {
            throw new IllegalArgumentException("crop and stride must be at least 1");
        }
    }

    /** Upper left corners of the crops, as {row, column}. */
    public List<int[]> corners(int height, int width) {
        List<int[]> corners = new ArrayList<>();
        for (int row : starts(height, cropHeight, strideHeight)) {
            for (int column : starts(width, cropWidth, strideWidth)) {
                corners.add(new int[] {row, column});
            }
        }
        return corners;
    }

    private static int[] starts(int size, int crop, int stride) {
        int count = Math.max(size - crop + stride - 1, 0) / stride + 1;
        int[] starts = new int[count];
        for (int i = 0; i < count; i++) {
            starts[i] = Math.max(Math.min(i * stride, size - crop), 0);
        }
        return starts;
    }

    /**
     * Logits of a whole picture.
     *
     * @param image [channels, height, width]
     * @param model logits [cropHeight, cropWidth, classes] of a crop [channels, cropHeight, cropWidth]
     * @return [height, width, classes]
     */
    public float[] logits(
            float[] image, int channels, int height, int width, int classes, Function<float[], float[]> model) {
        double[] sum = new double[height * width * classes];
        int[] count = new int[height * width];
        for (int[] corner : corners(height, width)) {
            float[] crop = new float[channels * cropHeight * cropWidth];
            int rows = Math.min(cropHeight, height - corner[0]);
            int columns = Math.min(cropWidth, width - corner[1]);
            for (int c = 0; c < channels; c++) {
                for (int y = 0; y < rows; y++) {
                    System.arraycopy(
                            image,
                            (c * height + corner[0] + y) * width + corner[1],
                            crop,
                            (c * cropHeight + y) * cropWidth,
                            columns);
                }
            }
            float[] logits = model.apply(crop);
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    int pixel = (corner[0] + y) * width + corner[1] + x;
                    count[pixel]++;
                    for (int k = 0; k < classes; k++) {
                        sum[pixel * classes + k] += logits[(y * cropWidth + x) * classes + k];
                    }
                }
            }
        }
        float[] result = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            result[i] = (float) (sum[i] / count[i / classes]);
        }
        return result;
    }
}
