package beits.checkpoint;

/**
 * Patches of a picture.
 *
 * @param height patches from top to bottom
 * @param width patches from left to right
 */
public record Grid(int height, int width) {
    /** Rows of a relative position table that belong to the class token. */
    static final int CLASS_ROWS = 3;

    public Grid {
        if (height < 1 || width < 1 || (long) height * width > 1 << 20) {
            throw new IllegalArgumentException("a grid of %d x %d patches".formatted(height, width));
        }
    }

    /** Number of patches. */
    public int patches() {
        return height * width;
    }

    /** Rows of a relative position table: every pair of offsets, then three for the class token. */
    public int relativeRows() {
        return (2 * height - 1) * (2 * width - 1) + CLASS_ROWS;
    }

    /**
     * The square grid whose relative position table has so many rows.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Grid ofRelativeRows(long rows) {
        int side = (int) Math.round(Math.sqrt(Math.max(0, rows - CLASS_ROWS)));
        if (side % 2 == 0 || (long) side * side + CLASS_ROWS != rows) {
            throw new IllegalArgumentException(
                    "a relative position table of %d rows belongs to no square grid".formatted(rows));
        }
        return new Grid((side + 1) / 2, (side + 1) / 2);
    }

    /**
     * The square grid of so many tokens, class token included.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Grid ofTokens(long tokens) {
        int side = (int) Math.round(Math.sqrt(Math.max(0, tokens - 1)));
        if (side < 1 || (long) side * side + 1 != tokens) {
            throw new IllegalArgumentException("%d positions belong to no square grid".formatted(tokens));
        }
        return new Grid(side, side);
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }
}
