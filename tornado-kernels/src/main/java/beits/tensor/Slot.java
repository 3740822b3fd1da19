package beits.tensor;

import java.util.Locale;

/**
 * A tensor in memory: an arena, the offset of its first element, and its shape, row-major and contiguous.
 *
 * @param arena where it lies
 * @param offset elements before it
 * @param shape its extents
 */
public record Slot(Arena arena, long offset, Shape shape) {
    /** Fresh slots start on multiples of this many elements (64 bytes: a cache line and a 512-bit vector). */
    public static final int ALIGNMENT = 16;

    public Slot {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
    }

    /** Number of elements. */
    public long size() {
        return shape.size();
    }

    /** The offset behind the last element. */
    public long end() {
        return offset + shape.size();
    }

    /** The same elements under another shape of equal size. */
    public Slot reshape(int... extents) {
        Shape other = Shape.of(extents);
        if (other.size() != shape.size()) {
            throw new IllegalArgumentException("cannot read %s as %s: sizes differ".formatted(shape, other));
        }
        return new Slot(arena, offset, other);
    }

    /** A contiguous part that starts {@code first} elements in. */
    public Slot part(long first, int... extents) {
        Shape part = Shape.of(extents);
        if (first < 0 || first + part.size() > shape.size()) {
            throw new IllegalArgumentException("part %s at %d is outside %s".formatted(part, first, shape));
        }
        return new Slot(arena, offset + first, part);
    }

    /** This tensor at another offset. */
    public Slot at(long newOffset) {
        return new Slot(arena, newOffset, shape);
    }

    /** The slot with the same offset and shape in a mirroring arena. */
    public Slot in(Arena other) {
        return new Slot(other, offset, shape);
    }

    /** The next multiple of {@link #ALIGNMENT} from {@code elements} on. */
    public static long align(long elements) {
        return (elements + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    public String toString() {
        return arena.name().toLowerCase(Locale.ROOT) + "@" + offset + shape;
    }
}
