package beits.report;

import beits.image.Image;
import java.util.Arrays;

/** Attention of one patch painted over its picture: the stronger, the more orange; the patch itself is framed in green. */
public final class AttentionOverlay {
    private static final double DIMMED = 0.45;
    private static final int FRAME = 2;
    private static final int[] STRONGEST = {255, 150, 20};
    private static final int[] FRAME_COLOUR = {0x22, 0xc5, 0x5e};

    private AttentionOverlay() {}

    /**
     * Paints a map.
     *
     * @param picture as the network read it
     * @param weights one a patch, row by row; scaled so that the largest is fully orange
     * @param patchSize pixels of a side of a patch
     * @param reference number of the patch that looks
     * @param enlarge factor of the picture's size
     * @return red, green, blue
     */
    public static Image paint(Image picture, double[] weights, int patchSize, int reference, int enlarge) {
        Image colour = picture.rgb();
        int height = colour.height() * enlarge;
        int width = colour.width() * enlarge;
        int grid = colour.width() / patchSize;
        int cell = patchSize * enlarge;
        double largest = Arrays.stream(weights).max().orElse(1);
        byte[] pixels = new byte[height * width * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int patch = y / cell * grid + x / cell;
                boolean framed = patch == reference
                        && (Math.min(y % cell, x % cell) < FRAME || Math.max(y % cell, x % cell) >= cell - FRAME);
                double weight = largest > 0 ? weights[patch] / largest : 0;
                for (int c = 0; c < 3; c++) {
                    double dim = colour.at(y / enlarge, x / enlarge, c) * DIMMED;
                    double value = framed ? FRAME_COLOUR[c] : dim * (1 - weight) + STRONGEST[c] * weight;
                    pixels[(y * width + x) * 3 + c] = (byte) (int) value;
                }
            }
        }
        return new Image(height, width, 3, pixels);
    }
}
