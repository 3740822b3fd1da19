package beits.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Extents of a row-major tensor; a scalar is {@code [1]}. Immutable. */
public final class Shape {
    private final int[] extents;
    private final long size;

    private Shape(int[] extents) {
        long product = 1;
        for (int extent : extents) {
            if (extent < 0) {
                throw new IllegalArgumentException("negative extent in shape " + Arrays.toString(extents));
            }
            product = Math.multiplyExact(product, (long) extent);
        }
        this.extents = extents;
        this.size = product;
    }

    /** The shape with these extents, outermost first. */
    public static Shape of(int... extents) {
        return new Shape(extents.clone());
    }

    /** Number of axes. */
    public int rank() {
        return extents.length;
    }

    /** Extent of an axis; negative axes count from the last. */
    public int extent(int axis) {
        return extents[axis < 0 ? extents.length + axis : axis];
    }

    /** Number of elements. */
    public long size() {
        return size;
    }

    /** Extent of the last axis. */
    public int columns() {
        return extents[extents.length - 1];
    }

    /** Product of all extents but the last: the rows of this tensor read as a matrix. */
    public int rows() {
        int columns = columns();
        return columns == 0 ? 0 : Math.toIntExact(size / columns);
    }

    /** The extents, outermost first. */
    public int[] extents() {
        return extents.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    @Override
    public String toString() {
        return Arrays.stream(extents).mapToObj(Integer::toString).collect(Collectors.joining("x", "[", "]"));
    }
}
