package beits.data;

import beits.image.Image;

/** One element of a data set: a picture and what is known about it. */
public sealed interface Sample {
    /** Where it came from: file, archive entry or index. */
    String name();

    Image picture();

    /** A picture alone. */
    record Unlabelled(String name, Image picture) implements Sample {}

    /** A picture of one class. */
    record Labelled(String name, Image picture, int label) implements Sample {
        public Labelled {
            if (label < 0) {
                throw new IllegalArgumentException("%s: label %d".formatted(name, label));
            }
        }
    }

    /**
     * A picture with a class for each pixel.
     *
     * @param mask one channel of the picture's size: the class, or {@link #IGNORED}
     */
    record Segmented(String name, Image picture, Image mask) implements Sample {
        /** Pixels of this value count for nothing. */
        public static final int IGNORED = 255;

        public Segmented {
            if (mask.channels() != 1 || mask.height() != picture.height() || mask.width() != picture.width()) {
                throw new IllegalArgumentException("%s: mask %s of a picture %s".formatted(name, mask, picture));
            }
        }
    }
}
