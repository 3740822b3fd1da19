package beits.image;

import java.util.Arrays;

/**
 * A picture of 8-bit samples, [height, width, channels] row-major: 1 channel (grey or class mask), 3 (red, green, blue)
 * or 4 (with alpha, not premultiplied). The array is shared, not copied: whoever makes an image hands it over.
 */
public final class Image {
    private final int height;
    private final int width;
    private final int channels;
    private final byte[] pixels;

    /** @throws IllegalArgumentException when the sizes are not positive or the array does not have their product */
    public Image(int height, int width, int channels, byte[] pixels) {
        if (height <= 0 || width <= 0) {
            throw new IllegalArgumentException("a picture of %d x %d pixels".formatted(height, width));
        }
        if (channels != 1 && channels != 3 && channels != 4) {
            throw new IllegalArgumentException("a picture has 1, 3 or 4 channels, not " + channels);
        }
        if (pixels.length != Math.multiplyExact(Math.multiplyExact(height, width), channels)) {
            throw new IllegalArgumentException(
                    "%d bytes for %d x %d x %d".formatted(pixels.length, height, width, channels));
        }
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.pixels = pixels;
    }

    /** A picture of zeros. */
    public static Image blank(int height, int width, int channels) {
        return new Image(height, width, channels, new byte[height * width * channels]);
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    public int channels() {
        return channels;
    }

    /** The samples, [height, width, channels]; not a copy. */
    public byte[] pixels() {
        return pixels;
    }

    /** One sample, 0 to 255. */
    public int at(int y, int x, int channel) {
        return pixels[(y * width + x) * channels + channel] & 0xff;
    }

    /** Red, green, blue: grey is repeated, alpha is dropped without blending (Pillow's {@code convert("RGB")}). */
    public Image rgb() {
        if (channels == 3) {
            return this;
        }
        byte[] out = new byte[height * width * 3];
        for (int i = 0; i < height * width; i++) {
            int from = i * channels;
            out[3 * i] = pixels[from];
            out[3 * i + 1] = pixels[channels == 1 ? from : from + 1];
            out[3 * i + 2] = pixels[channels == 1 ? from : from + 2];
        }
        return new Image(height, width, 3, out);
    }

    /** Luminance (19595 R + 38470 G + 7471 B + 32768) >> 16, Pillow's {@code convert("L")}; 1 channel. */
    public Image grey() {
        if (channels == 1) {
            return this;
        }
        byte[] out = new byte[height * width];
        for (int i = 0; i < out.length; i++) {
            int p = i * channels;
            out[i] = (byte) luminance(pixels[p] & 0xff, pixels[p + 1] & 0xff, pixels[p + 2] & 0xff);
        }
        return new Image(height, width, 1, out);
    }

    static int luminance(int r, int g, int b) {
        return (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    }

    /** One channel on its own, for instance 3 for alpha. */
    public Image channel(int channel) {
        byte[] out = new byte[height * width];
        for (int i = 0; i < out.length; i++) {
            out[i] = pixels[i * channels + channel];
        }
        return new Image(height, width, 1, out);
    }

    /** The part inside the box, which must lie within the picture. */
    public Image crop(Box box) {
        box.requireWithin(height, width);
        if (box.height() == height && box.width() == width) {
            return this;
        }
        byte[] out = new byte[box.height() * box.width() * channels];
        int row = box.width() * channels;
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(pixels, ((box.top() + y) * width + box.left()) * channels, out, y * row, row);
        }
        return new Image(box.height(), box.width(), channels, out);
    }

    /** Left and right exchanged. */
    public Image flipped() {
        byte[] out = new byte[pixels.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = (y * width + x) * channels;
                int to = (y * width + width - 1 - x) * channels;
                for (int c = 0; c < channels; c++) {
                    out[to + c] = pixels[from + c];
                }
            }
        }
        return new Image(height, width, channels, out);
    }

    /** Rows become columns: out[x, y] = this[y, x]. */
    public Image transposed() {
        byte[] out = new byte[pixels.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    out[(x * height + y) * channels + c] = pixels[(y * width + x) * channels + c];
                }
            }
        }
        return new Image(width, height, channels, out);
    }

    /** Upside down. */
    public Image upsideDown() {
        byte[] out = new byte[pixels.length];
        int row = width * channels;
        for (int y = 0; y < height; y++) {
            System.arraycopy(pixels, y * row, out, (height - 1 - y) * row, row);
        }
        return new Image(height, width, channels, out);
    }

    /** Turned as an EXIF or TIFF orientation from 1 to 8 asks for; others leave it as it is. */
    Image oriented(int orientation) {
        return switch (orientation) {
            case 2 -> flipped();
            case 3 -> flipped().upsideDown();
            case 4 -> upsideDown();
            case 5 -> transposed();
            case 6 -> transposed().flipped();
            case 7 -> transposed().flipped().upsideDown();
            case 8 -> transposed().upsideDown();
            default -> this;
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image that
                && height == that.height
                && width == that.width
                && channels == that.channels
                && Arrays.equals(pixels, that.pixels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * height + width) + Arrays.hashCode(pixels);
    }

    @Override
    public String toString() {
        return "Image[%d x %d x %d]".formatted(height, width, channels);
    }
}
