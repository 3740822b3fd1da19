package beits.image;

/**
 * How pictures are decoded.
 *
 * @param pixelLimit largest height x width accepted; compared with the header before anything is allocated
 * @param applyOrientation whether a JPEG's EXIF orientation is applied (the official code, through Pillow, does not)
 * @param turboJpeg whether JPEG goes through libjpeg-turbo; the bytes are the same, see {@link TurboJpeg#open}
 */
public record DecodeOptions(long pixelLimit, boolean applyOrientation, java.util.Optional<TurboJpeg> turboJpeg) {
    /** 64 Mi pixels, orientation left alone, the JDK's JPEG decoder. */
    public static final DecodeOptions DEFAULT = new DecodeOptions(1L << 26, false, java.util.Optional.empty());

    public DecodeOptions {
        if (pixelLimit <= 0 || pixelLimit > (1L << 28)) {
            throw new IllegalArgumentException("pixelLimit is %d; use 1 to %d".formatted(pixelLimit, 1L << 28));
        }
    }

    void check(String name, long height, long width) {
        if (height <= 0 || width <= 0) {
            throw new PictureException(name, "declares %d x %d pixels".formatted(height, width));
        }
        if (height > pixelLimit || width > pixelLimit || height * width > pixelLimit) {
            throw new PictureException(
                    name,
                    "declares %d x %d pixels, over the limit of %d; make it smaller if it is genuine"
                            .formatted(height, width, pixelLimit));
        }
    }
}
