package beits.data;

import beits.image.Image;

/** Class masks as colours: PASCAL VOC's map, in which the bits of the class are dealt to the channels; class 0 is black. */
public final class ClassColours {
    private ClassColours() {}

    /** One channel of a class's colour, 0 to 255; white for {@link Sample.Segmented#IGNORED}. */
    public static int channel(int label, int channel) {
        if (label == Sample.Segmented.IGNORED) {
            return 255;
        }
        int value = 0;
        for (int bit = 0; bit < 8; bit++) {
            value |= ((label >> (3 * bit + channel)) & 1) << (7 - bit);
        }
        return value;
    }

    /**
     * A picture with three quarters of its classes' colours.
     *
     * @param labels class of each pixel from {@code offset} on
     */
    public static Image overlay(Image picture, int[] labels, int offset) {
        byte[] out = picture.rgb().pixels().clone();
        for (int i = 0; i < out.length / 3; i++) {
            for (int c = 0; c < 3; c++) {
                int colour = channel(labels[offset + i], c);
                out[3 * i + c] = (byte) (((out[3 * i + c] & 0xff) + 3 * colour) / 4);
            }
        }
        return new Image(picture.height(), picture.width(), 3, out);
    }
}
