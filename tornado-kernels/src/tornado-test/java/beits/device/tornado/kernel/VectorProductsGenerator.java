package beits.device.tornado.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the unrolled kernels: {@code java VectorProductsGenerator.java DIRECTORY}. TornadoVM passes Java vectors through as OpenCL's
 * only when they are local variables with constant lanes, so tiles of them have to be written out. A test compares the sources with
 * what this writes.
 */
final class VectorProductsGenerator {
    private static final int LANES = 16;
    /** Rows of a tile. */
    private static final int ROWS = 8;
    /** Vectors of a row of such a tile. */
    private static final int VECTORS = 2;

    private static final String IN = "                ";

    private VectorProductsGenerator() {}

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0], "VectorProducts.java"), products());
        Files.writeString(Path.of(arguments[0], "Vectors.java"), vectors());
    }

    private static String list(IntFunction<String> element) {
        return list(LANES, ", ", element);
    }

    private static String list(int count, String separator, IntFunction<String> element) {
        return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(separator));
    }

    private static String plus(String base, int constant) {
        return constant == 0 ? base : base + " + " + constant;
    }

    /** A vector of one number. */
    private static String all(String number) {
        return "new Float16(" + list(_ -> number) + ")";
    }

    /** The vector that begins {@code first} elements behind {@code base}. */
    private static String load(String array, String base, int first) {
        return "new Float16(" + list(l -> array + ".get(" + plus(base, first + l) + ")") + ")";
    }

    private static void line(StringBuilder out, String text, Object... arguments) {
        out.append(IN).append(text.formatted(arguments)).append('\n');
    }

    /** Sums or largest of all lanes by halves. */
    private static String halves(String vector, int first, int step, String open, String between) {
        return step == LANES
                ? vector + ".getS" + first + "()"
                : open
                        + halves(vector, first, 2 * step, open, between)
                        + between
                        + halves(vector, first + step, 2 * step, open, between)
                        + ")";
    }

    /** The source of {@code Vectors}. */
    static String vectors() {
        String store = IntStream.range(0, LANES)
                .mapToObj(l -> "        y.set(" + plus("at", l) + ", v.getS" + l + "());\n")
                .collect(Collectors.joining());
        return """
                package beits.device.tornado.kernel;

                import uk.ac.manchester.tornado.api.math.TornadoMath;
                import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
                import uk.ac.manchester.tornado.api.types.vectors.Float16;

                /** Vectors of 16 floats from and to plain arrays. Written by {@code VectorProductsGenerator}; do not edit. */
                final class Vectors {
                    /** Lanes of a vector. */
                    static final int LANES = %d;

                    private Vectors() {}

                    /** {@code x[at], x[at + 1] ...}. */
                    static Float16 load(FloatArray x, int at) {
                        return %s;
                    }

                    /** {@code y[at], y[at + 1] ... = v}. */
                    static void store(FloatArray y, int at, Float16 v) {
                %s    }

                    /** The same number in all lanes. */
                    static Float16 all(float x) {
                        return %s;
                    }

                    /** The sum of all lanes. */
                    static float sum(Float16 v) {
                        return %s;
                    }

                    /** The largest of all lanes. */
                    static float max(Float16 v) {
                        return %s;
                    }

                    /** The root of each lane. */
                    static Float16 sqrt(Float16 v) {
                        return new Float16(%s);
                    }
                }
                """.formatted(
                        LANES,
                        load("x", "at", 0),
                        store,
                        all("x"),
                        halves("v", 0, 1, "(", " + "),
                        halves("v", 0, 1, "TornadoMath.max(", ", "),
                        list(l -> "TornadoMath.sqrt(v.getS" + l + "())"));
    }

    /** The source of {@code VectorProducts}. */
    static String products() {
        StringBuilder out = new StringBuilder("""
                package beits.device.tornado.kernel;

                import uk.ac.manchester.tornado.api.annotations.Parallel;
                import uk.ac.manchester.tornado.api.math.TornadoMath;
                import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
                import uk.ac.manchester.tornado.api.types.arrays.IntArray;
                import uk.ac.manchester.tornado.api.types.vectors.Float16;

                /**
                 * Batches of matrix products in tiles of vectors that stay in registers, for devices of CPU type. Written by
                 * {@code VectorProductsGenerator}; do not edit.
                 */
                public final class VectorProducts {
                    /** Rows of a tile. */
                    public static final int ROWS = %d;
                    /** Columns of a tile. */
                    public static final int COLUMNS = %d;

                    private VectorProducts() {}

                    /**
                     * {@code c[z][i,j] = alpha · Σ_p a[z][i,p] · b[z][p,j] (+ bias[j])}. a and b are packed by
                     * {@link Products#packPanels} in panels of ROWS rows and COLUMNS columns. Tiles are always whole: the last ones lie
                     * over the ones before and write the same values once more; so c has at least the size of a tile. Operands: a, b,
                     * bias, c; sizes: see {@link Products}; constants: alpha.
                     */
                    public static void productOfPanels(
                            FloatArray panels,
                            FloatArray bias,
                            FloatArray c,
                            IntArray places,
                            IntArray sizes,
                            FloatArray constants) {
                        int at = sizes.get(0);
                        float alpha = constants.get(sizes.get(1));
                        int m = sizes.get(Products.M);
                        int n = sizes.get(Products.N);
                        int k = sizes.get(Products.K);
                        int ldc = sizes.get(Products.LDC);
                        int inner = sizes.get(Products.INNER);
                        int withBias = sizes.get(Products.BIAS);
                        int tileRows = (m + ROWS - 1) / ROWS;
                        int tiles = sizes.get(Products.OUTER) * inner * tileRows;
                        int tileColumns = (n + COLUMNS - 1) / COLUMNS;
                        for (@Parallel int ti = 0; ti < tiles; ti++) {
                            for (@Parallel int tj = 0; tj < tileColumns; tj++) {
                                int z = ti / tileRows;
                                int zo = z / inner;
                                int zi = z - zo * inner;
                                int i0 = TornadoMath.min((ti - z * tileRows) * ROWS, m - ROWS);
                                int j0 = TornadoMath.min(tj * COLUMNS, n - COLUMNS);
                                int a0 = places.get(at) + ti * ROWS * k;
                                int b0 = places.get(at + 1) + (z * tileColumns + tj) * COLUMNS * k;
                                int c0 = places.get(at + 3) + zo * sizes.get(Products.C_OUTER) + zi * sizes.get(Products.C_INNER);
                                int w = c0 + i0 * ldc + j0;
                """.formatted(ROWS, VECTORS * LANES));
        for (int s = 0; s < ROWS * VECTORS; s++) {
            line(out, "Float16 s%d = %s;", s, all("0f"));
        }
        line(out, "for (int p = 0; p < k; p++) {");
        line(out, "    int pa = a0 + p * ROWS;");
        line(out, "    int pb = b0 + p * COLUMNS;");
        for (int v = 0; v < VECTORS; v++) {
            line(out, "    Float16 v%d = %s;", v, load("panels", "pb", v * LANES));
        }
        for (int r = 0; r < ROWS; r++) {
            line(out, "    float f%d = panels.get(%s);", r, plus("pa", r));
            for (int v = 0; v < VECTORS; v++) {
                int s = r * VECTORS + v;
                line(out, "    s%d = Float16.add(s%d, Float16.mult(v%d, f%d));", s, s, v, r);
            }
        }
        line(out, "}");
        for (int v = 0; v < VECTORS; v++) {
            line(out, "Float16 x%d = %s;", v, all("0f"));
        }
        line(out, "if (withBias != 0) {");
        line(out, "    int x = places.get(at + 2) + j0;");
        for (int v = 0; v < VECTORS; v++) {
            line(out, "    x%d = %s;", v, load("bias", "x", v * LANES));
        }
        line(out, "}");
        for (int r = 0; r < ROWS; r++) {
            for (int v = 0; v < VECTORS; v++) {
                int at = r * VECTORS + v;
                String t = "t" + at;
                line(out, "Float16 %s = Float16.add(Float16.mult(s%d, alpha), x%d);", t, at, v);
                String to = r == 0 ? "w" : "w + " + r + " * ldc";
                for (int l = 0; l < LANES; l++) {
                    line(out, "c.set(%s, %s.getS%d());", plus(to, v * LANES + l), t, l);
                }
            }
        }
        return out.append("            }\n        }\n    }\n}\n").toString();
    }
}
