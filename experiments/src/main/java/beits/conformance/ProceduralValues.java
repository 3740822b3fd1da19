package beits.conformance;

/**
 * Values of large models that no file holds: element j of tensor i under seed s is a hash of the three, exact in float32.
 *
 * <pre>  z = j + (i &lt;&lt; 32) + s · 0xD1342543DE82EF95 + 0x9E3779B97F4A7C15
 *   z = (z ^ (z &gt;&gt;&gt; 30)) · 0xBF58476D1CE4E5B9
 *   z = (z ^ (z &gt;&gt;&gt; 27)) · 0x94D049BB133111EB
 *   z =  z ^ (z &gt;&gt;&gt; 31)
 *   r = (2·(z &gt;&gt;&gt; 40) + 1 − 2^24) / 2^24,  value = offset + r · scale</pre>
 *
 * @param seed s
 */
record ProceduralValues(long seed) {
    private static final float HALF_RANGE = 1 << 24;

    /** r in (−1, 1). */
    float unit(long index, long element) {
        long z = element + (index << 32) + seed * 0xD1342543DE82EF95L + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z = z ^ (z >>> 31);
        return (float) (2 * (z >>> 40) + 1 - (1L << 24)) / HALF_RANGE;
    }

    /** The tensor that a row with {@code index}, {@code shape}, {@code offset}, {@code scale} describes. */
    GoldenTensor tensor(Fields row) {
        int[] shape = row.integers("shape");
        int size = 1;
        for (int extent : shape) {
            size = Math.multiplyExact(size, extent);
        }
        long index = row.whole("index");
        float offset = (float) row.number("offset");
        float scale = (float) row.number("scale");
        double[] values = new double[size];
        for (int j = 0; j < size; j++) {
            values[j] = offset + unit(index, j) * scale;
        }
        return new GoldenTensor(GoldenTensor.Type.F32, shape, values);
    }
}
