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
    /** Rows of a tile of the products that walk along the columns of the result. */
    private static final int ROWS = 8;
    /** Vectors of a row of such a tile. */
    private static final int VECTORS = 2;
    /** Rows and columns of a tile of the product that walks along the sums: its elements fill one vector. */
    private static final int SQUARE = 4;

    private static final String IN = "                ";

    private VectorProductsGenerator() {}

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0], "VectorProducts.java"), products());
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

    /** The lanes of a vector joined two by two. */
    private static String tree(String pair, String vector, int from, int count) {
        return count == 1
                ? vector + ".getS" + from + "()"
                : pair.formatted(tree(pair, vector, from, count / 2), tree(pair, vector, from + count / 2, count / 2));
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
                 * Batches of matrix products in tiles of vectors that stay in registers, for devices of CPU type.
                 *
                 * <pre>  c[z][i,j] = alpha · Σ_p op(a[z])[i,p] · op(b[z])[p,j] (+ bias[j])</pre>
                 *
                 * Tiles are always whole: the last ones lie over the ones before and write the same values once more. Therefore c has at
                 * least the rows and columns of a tile, and is none of the factors. Operands: a, b, bias, c; sizes: see
                 * {@link Products}; constants: alpha. Written by {@code VectorProductsGenerator}; do not edit.
                 */
                public final class VectorProducts {
                    /** Rows of a tile where the vectors run along the columns of c. */
                    public static final int ROWS = %d;
                    /** Columns of such a tile. */
                    public static final int COLUMNS = %d;
                    /** Rows and columns of a tile where the vectors run along the sums. */
                    public static final int SQUARE = %d;

                    private VectorProducts() {}
                """.formatted(ROWS, VECTORS * LANES, SQUARE));
        rowTiles(out, "productNN", "Neither factor transposed: broadcasts of a, vectors of b.", false);
        rowTiles(out, "productTN", "a stored transposed.", true);
        squareTiles(out, "productNT", "b stored transposed: sixteen dot products, vectors along the sums.");
        return out.append("}\n").toString();
    }

    private static void header(StringBuilder out, String name, String comment, String rows, String columns) {
        out.append("""

                    /** %s */
                    public static void %s(
                            FloatArray a,
                            FloatArray b,
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
                        int lda = sizes.get(Products.LDA);
                        int ldb = sizes.get(Products.LDB);
                        int ldc = sizes.get(Products.LDC);
                        int inner = sizes.get(Products.INNER);
                        int withBias = sizes.get(Products.BIAS);
                        int tileRows = (m + %s - 1) / %s;
                        int tiles = sizes.get(Products.OUTER) * inner * tileRows;
                        int tileColumns = (n + %s - 1) / %s;
                        for (@Parallel int ti = 0; ti < tiles; ti++) {
                            for (@Parallel int tj = 0; tj < tileColumns; tj++) {
                                int z = ti / tileRows;
                                int zo = z / inner;
                                int zi = z - zo * inner;
                                int i0 = TornadoMath.min((ti - z * tileRows) * %s, m - %s);
                                int j0 = TornadoMath.min(tj * %s, n - %s);
                                int a0 = places.get(at) + zo * sizes.get(Products.A_OUTER) + zi * sizes.get(Products.A_INNER);
                                int b0 = places.get(at + 1) + zo * sizes.get(Products.B_OUTER) + zi * sizes.get(Products.B_INNER);
                                int c0 = places.get(at + 3) + zo * sizes.get(Products.C_OUTER) + zi * sizes.get(Products.C_INNER);
                                int w = c0 + i0 * ldc + j0;
                """.formatted(comment, name, rows, rows, columns, columns, rows, rows, columns, columns));
    }

    private static void line(StringBuilder out, String text, Object... arguments) {
        out.append(IN).append(text.formatted(arguments)).append('\n');
    }

    private static void rowTiles(StringBuilder out, String name, String comment, boolean transposeA) {
        header(out, name, comment, "ROWS", "COLUMNS");
        line(out, "int q = b0 + j0;");
        for (int r = 0; r < ROWS; r++) {
            line(out, "int r%d = a0 + %s;", r, transposeA ? plus("i0", r) : "(" + plus("i0", r) + ") * lda");
        }
        for (int s = 0; s < ROWS * VECTORS; s++) {
            line(out, "Float16 s%d = %s;", s, all("0f"));
        }
        line(out, "for (int p = 0; p < k; p++) {");
        for (int v = 0; v < VECTORS; v++) {
            line(out, "    Float16 v%d = %s;", v, load("b", "q + p * ldb", v * LANES));
        }
        for (int r = 0; r < ROWS; r++) {
            line(out, "    float f%d = a.get(r%d + %s);", r, r, transposeA ? "p * lda" : "p");
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
        out.append("            }\n        }\n    }\n");
    }

    private static void squareTiles(StringBuilder out, String name, String comment) {
        header(out, name, comment, "SQUARE", "SQUARE");
        for (int r = 0; r < SQUARE; r++) {
            line(out, "int ra%d = a0 + (%s) * lda;", r, plus("i0", r));
            line(out, "int rb%d = b0 + (%s) * ldb;", r, plus("j0", r));
        }
        for (int e = 0; e < SQUARE * SQUARE; e++) {
            line(out, "Float16 s%d = %s;", e, all("0f"));
        }
        line(out, "int whole = k - k %% %d;", LANES);
        line(out, "for (int p = 0; p < whole; p += %d) {", LANES);
        for (int r = 0; r < SQUARE; r++) {
            line(out, "    Float16 v%d = %s;", r, load("b", "rb" + r + " + p", 0));
        }
        for (int i = 0; i < SQUARE; i++) {
            line(out, "    Float16 u%d = %s;", i, load("a", "ra" + i + " + p", 0));
            for (int j = 0; j < SQUARE; j++) {
                int e = i * SQUARE + j;
                line(out, "    s%d = Float16.add(s%d, Float16.mult(u%d, v%d));", e, e, i, j);
            }
        }
        line(out, "}");
        line(out, "Float16 t = new Float16(%s);", list(e -> tree("(%s + %s)", "s" + e, 0, LANES)));
        line(out, "for (int p = whole; p < k; p++) {");
        line(out, "    Float16 u = new Float16(%s);", list(e -> "a.get(ra" + e / SQUARE + " + p)"));
        line(out, "    Float16 v = new Float16(%s);", list(e -> "b.get(rb" + e % SQUARE + " + p)"));
        line(out, "    t = Float16.add(t, Float16.mult(u, v));");
        line(out, "}");
        line(out, "Float16 x = %s;", all("0f"));
        line(out, "if (withBias != 0) {");
        line(out, "    int x0 = places.get(at + 2) + j0;");
        line(out, "    x = new Float16(%s);", list(e -> "bias.get(" + plus("x0", e % SQUARE) + ")"));
        line(out, "}");
        line(out, "t = Float16.add(Float16.mult(t, alpha), x);");
        for (int i = 0; i < SQUARE; i++) {
            for (int j = 0; j < SQUARE; j++) {
                String row = i == 0 ? "w" : "w + " + i + " * ldc";
                line(out, "c.set(%s, t.getS%d());", plus(row, j), i * SQUARE + j);
            }
        }
        out.append("            }\n        }\n    }\n");
    }
}
