package beits.image;

/** A rectangle of whole pixels: first row and column, height and width. */
public record Box(int top, int left, int height, int width) {
    public Box {
        if (top < 0 || left < 0 || height <= 0 || width <= 0) {
            throw new IllegalArgumentException("box at (%d, %d) of %d x %d".formatted(top, left, height, width));
        }
    }

    void requireWithin(int pictureHeight, int pictureWidth) {
        if (top > pictureHeight - height || left > pictureWidth - width) {
            throw new IllegalArgumentException(
                    "%s leaves a picture of %d x %d".formatted(this, pictureHeight, pictureWidth));
        }
    }
}
