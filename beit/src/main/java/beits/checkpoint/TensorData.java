package beits.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One tensor of a checkpoint, row-major and contiguous, little-endian; its bytes may be a part of a mapped file.
 *
 * @param type of the elements
 * @param shape extents, outermost first; empty for a scalar
 * @param data the elements
 */
public record TensorData(TensorType type, List<Long> shape, MemorySegment data) {
    private static final int SCANNED = 1 << 13;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public TensorData {
        shape = List.copyOf(shape);
        for (long extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException("a negative extent in the shape " + shape);
            }
        }
        if (data.byteSize() != size(shape) * type.bytes()) {
            throw new IllegalArgumentException("%d bytes for a tensor %s %s".formatted(data.byteSize(), type, shape));
        }
    }

    /** A tensor of 32-bit floats. */
    public static TensorData of(float[] values, int... shape) {
        MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
        MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
        return new TensorData(TensorType.F32, longs(shape), data);
    }

    /** A tensor of 64-bit floats. */
    public static TensorData of(double[] values, int... shape) {
        MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
        MemorySegment.copy(values, 0, data, DOUBLE, 0, values.length);
        return new TensorData(TensorType.F64, longs(shape), data);
    }

    /** A tensor of 64-bit integers. */
    public static TensorData of(long[] values, int... shape) {
        MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
        MemorySegment.copy(values, 0, data, LONG, 0, values.length);
        return new TensorData(TensorType.I64, longs(shape), data);
    }

    private static List<Long> longs(int[] shape) {
        return Arrays.stream(shape).mapToObj(Long::valueOf).toList();
    }

    static long size(List<Long> shape) {
        long size = 1;
        for (long extent : shape) {
            size = Math.multiplyExact(size, extent);
        }
        return size;
    }

    /** Number of elements. */
    public long size() {
        return size(shape);
    }

    /** Whether the other tensor has the same type, shape and bits. */
    public boolean sameBits(TensorData other) {
        return type == other.type && shape.equals(other.shape) && data.mismatch(other.data) < 0;
    }

    /**
     * Some of the outermost slices, without a copy.
     *
     * @param begin first slice
     * @param end slice after the last one
     */
    public TensorData rows(long begin, long end) {
        if (shape.isEmpty() || begin < 0 || end < begin || end > shape.getFirst()) {
            throw new IllegalArgumentException("no rows %d to %d in a tensor %s".formatted(begin, end, shape));
        }
        List<Long> extents = new ArrayList<>(shape);
        extents.set(0, end - begin);
        long row = shape.getFirst() == 0 ? 0 : data.byteSize() / shape.getFirst();
        return new TensorData(type, extents, data.asSlice(begin * row, (end - begin) * row));
    }

    /**
     * How many elements are NaN or infinite; integers never are. An exponent of ones plus one carries into the sign, which leaves a sum
     * without branches: a base model takes less time than its checksum.
     */
    public long nonFinite() {
        long length = data.byteSize() / type.bytes();
        long count = 0;
        switch (type) {
            case F64 -> {
                for (long i = 0; i < length; i++) {
                    count += ((data.get(LONG, 8 * i) & 0x7ff0_0000_0000_0000L) + 0x0010_0000_0000_0000L) >>> 63;
                }
            }
            case F32 -> {
                int[] some = new int[SCANNED];
                for (long at = 0; at < length; at += SCANNED) {
                    int part = (int) Math.min(SCANNED, length - at);
                    MemorySegment.copy(data, INT, 4 * at, some, 0, part);
                    count += nonFinite(some, part);
                }
            }
            case F16, BF16 -> {
                int exponent = type == TensorType.F16 ? 0x7c00 : 0x7f80;
                for (long i = 0; i < length; i++) {
                    count += ((data.get(SHORT, 2 * i) & exponent) + 0x8000 - exponent) >>> 15;
                }
            }
            case I64, I32, I16, I8, U8, BOOL -> {}
        }
        return count;
    }

    private static int nonFinite(int[] floats, int length) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            count += ((floats[i] & 0x7f80_0000) + 0x0080_0000) >>> 31;
        }
        return count;
    }

    /** The elements as doubles. */
    public double[] toDoubles() {
        double[] values = new double[Math.toIntExact(size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = element(i);
        }
        return values;
    }

    /** The elements as floats, rounded where the type is wider. */
    public float[] toFloats() {
        float[] values = new float[Math.toIntExact(size())];
        if (type == TensorType.F32) {
            MemorySegment.copy(data, FLOAT, 0, values, 0, values.length);
            return values;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) element(i);
        }
        return values;
    }

    /** The elements as integers; floats are truncated. */
    public long[] toLongs() {
        long[] values = new long[Math.toIntExact(size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = type == TensorType.I64 ? data.get(LONG, 8L * i) : (long) element(i);
        }
        return values;
    }

    private double element(long index) {
        long at = index * type.bytes();
        return switch (type) {
            case F64 -> data.get(DOUBLE, at);
            case F32 -> data.get(FLOAT, at);
            case F16 -> Float.float16ToFloat(data.get(SHORT, at));
            case BF16 -> Float.intBitsToFloat(data.get(SHORT, at) << 16);
            case I64 -> data.get(LONG, at);
            case I32 -> data.get(INT, at);
            case I16 -> data.get(SHORT, at);
            case I8 -> data.get(ValueLayout.JAVA_BYTE, at);
            case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, at) & 0xff;
        };
    }
}
