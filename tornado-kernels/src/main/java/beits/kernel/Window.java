package beits.kernel;

/**
 * Geometry of a sliding window over pictures.
 *
 * @param batch pictures
 * @param channels channels of a picture
 * @param height rows of a picture
 * @param width columns of a picture
 * @param kernelHeight rows of the window
 * @param kernelWidth columns of the window
 * @param stride step of the window along both axes
 * @param padding zero pixels around the picture
 */
public record Window(
        int batch, int channels, int height, int width, int kernelHeight, int kernelWidth, int stride, int padding) {
    public Window {
        if (stride < 1 || padding < 0 || height + 2 * padding < kernelHeight || width + 2 * padding < kernelWidth) {
            throw new IllegalArgumentException("a %dx%d window (stride %d, padding %d) does not fit a picture of %dx%d"
                    .formatted(kernelHeight, kernelWidth, stride, padding, height, width));
        }
    }

    /** Vertical positions of the window. */
    public int outHeight() {
        return (height + 2 * padding - kernelHeight) / stride + 1;
    }

    /** Horizontal positions of the window. */
    public int outWidth() {
        return (width + 2 * padding - kernelWidth) / stride + 1;
    }

    /** Elements of the pictures. */
    public long imageSize() {
        return (long) batch * channels * height * width;
    }

    /** Positions of the window in all pictures: rows of the unfolded matrix. */
    public int rows() {
        return batch * outHeight() * outWidth();
    }

    /** Elements under the window: columns of the unfolded matrix. */
    public int columns() {
        return channels * kernelHeight * kernelWidth;
    }

    /** Elements of the unfolded matrix. */
    public long columnsSize() {
        return (long) rows() * columns();
    }

    /** Elements after pooling each channel of each window to one value. */
    public long pooledSize() {
        return (long) rows() * channels;
    }
}
