package beits.conformance;

import java.util.Arrays;

/**
 * A tensor of a golden file. Integers, bytes and booleans are held as doubles, which represent them exactly.
 *
 * @param type element type in the file
 * @param shape extents, outermost first
 * @param values the elements, row-major
 */
record GoldenTensor(Type type, int[] shape, double[] values) {
    /** Element types of golden files. */
    enum Type {
        F32(4),
        I64(8),
        U8(1),
        BOOL(1);

        final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }
    }

    float[] floats() {
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    int[] integers() {
        int[] result = new int[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Math.toIntExact((long) values[i]);
        }
        return result;
    }

    boolean[] booleans() {
        boolean[] result = new boolean[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i] != 0;
        }
        return result;
    }

    /** The largest magnitude; NaN counts as nothing. */
    double largest() {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Double.isNaN(value) ? 0 : Math.abs(value));
        }
        return largest;
    }

    /** [batch, channels, height, width] to [batch, height, width, channels]. */
    GoldenTensor channelsLast() {
        int channels = shape[1];
        int pixels = shape[2] * shape[3];
        double[] turned = new double[values.length];
        for (int i = 0; i < turned.length; i++) {
            int batch = i / (channels * pixels);
            turned[i] = values[(batch * channels + i % channels) * pixels + i / channels % pixels];
        }
        return new GoldenTensor(type, new int[] {shape[0], shape[2], shape[3], channels}, turned);
    }

    /** Maps [batch, height, width, channels] as [batch, channels, height, width]. */
    static double[] channelsFirst(double[] values, int batch, int channels) {
        int pixels = values.length / (batch * channels);
        double[] turned = new double[values.length];
        for (int i = 0; i < turned.length; i++) {
            int picture = i / (channels * pixels);
            turned[i] = values[(picture * pixels + i % pixels) * channels + i / pixels % channels];
        }
        return turned;
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
