package beits.device.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the sources of the micro-kernels and of the transpositions that pack for them: {@code java MicroKernelGenerator.java
 * DIRECTORY}. A test compares the sources with what this writes.
 */
final class MicroKernelGenerator {
    private static final int[] BITS = {128, 256, 512};
    private static final int[] LANES = {8, 16};
    private static final int LINE = 120;

    private MicroKernelGenerator() {}

    public static void main(String[] arguments) throws IOException {
        for (int bits : BITS) {
            Files.writeString(Path.of(arguments[0], "MicroKernel" + bits + ".java"), source(bits));
        }
        for (int lanes : LANES) {
            Files.writeString(Path.of(arguments[0], "Transposition" + lanes + ".java"), transposition(lanes));
        }
    }

    /**
     * The source for vectors of so many bits. AVX-512 has 32 registers: 24 for a tile of 12x32, 2 for B. AVX2 has 16: 12 for a tile
     * of 6x16. 128-bit vectors get the same 6x16, which suits the 32 registers of NEON.
     */
    static String source(int bits) {
        int lanes = bits / 32;
        int rows = bits == 512 ? 12 : 6;
        int columns = bits == 512 ? 32 : 16;
        StringBuilder out = new StringBuilder();
        out.append("""
                package beits.device.cpu;

                import jdk.incubator.vector.FloatVector;
                import jdk.incubator.vector.VectorSpecies;

                /** Tiles of up to %dx%d in vectors of %d bits. Written by {@code MicroKernelGenerator}; do not edit. */
                final class MicroKernel%d implements MicroKernel {
                    private static final VectorSpecies<Float> S = FloatVector.SPECIES_%d;

                    @Override
                    public int rows() {
                        return %d;
                    }

                    @Override
                    public int columns() {
                        return %d;
                    }
                """.formatted(rows, columns, bits, bits, bits, rows, columns));
        for (String form : List.of("multiply", "multiplyRows")) {
            choice(out, form, rows, columns);
        }
        for (boolean packed : new boolean[] {true, false}) {
            for (int r = rows / 3; r <= rows; r += rows / 3) {
                for (int c = columns / 2; c <= columns; c += columns / 2) {
                    tile(out, packed, r, c, lanes, r == rows && c == columns ? rowsBetweenStops(bits, packed) : 0);
                }
            }
        }
        return out.append("}\n").toString();
    }

    private static void choice(StringBuilder out, String form, int rows, int columns) {
        String prefix = form.equals("multiply") ? "packed" : "rows";
        out.append("""

                    @Override
                    public void %s(
                            int rows,
                            int columns,
                            float[] a,
                            int aFirst,
                            float[] b,
                            int bFirst,
                            int k,
                            float[] t,
                            int tFirst,
                            int tStride) {
                        if (columns == %d) {
                            switch (rows) {
                """.formatted(form, columns));
        cases(out, prefix, rows, columns);
        out.append("            }\n        } else {\n            switch (rows) {\n");
        cases(out, prefix, rows, columns / 2);
        out.append("            }\n        }\n    }\n");
    }

    private static void cases(StringBuilder out, String prefix, int rows, int columns) {
        for (int r = rows / 3; r <= rows; r += rows / 3) {
            String label = r == rows ? "default" : "case " + r;
            out.append("                %s -> %s%dx%d(a, aFirst, b, bFirst, k, t, tFirst, tStride);%n"
                    .formatted(label, prefix, r, columns));
        }
    }

    /**
     * Rows of the largest tile between two stops, 0 for no stops. With AVX2 the products of BEiT-base run at 84 to 102 instead of 43 to
     * 48 GFLOP/s with them, with AVX-512 the tile out of rows that lie apart at 226 instead of 165 (Zen 5). The one out of a panel
     * needs none there: the compiler loads two of its elements at a time.
     */
    private static int rowsBetweenStops(int bits, boolean packed) {
        return switch (bits) {
            case 256 -> 2;
            case 512 -> packed ? 0 : 6;
            default -> 0;
        };
    }

    /**
     * One tile. The compiler likes to load many of a turn's {@code a} at its beginning. Where the tile leaves no registers for them it
     * spills some of the sums. There stops are set: exits that are never taken. No load moves up over one.
     */
    private static void tile(StringBuilder out, boolean packed, int rows, int columns, int lanes, int stopEvery) {
        int vectors = columns / lanes;
        String name = (packed ? "packed" : "rows") + rows + "x" + columns;
        String signature = "    private static void " + name
                + "(float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {";
        out.append('\n');
        if (signature.length() <= LINE) {
            out.append(signature).append('\n');
        } else {
            out.append("    private static void ").append(name).append("(\n            ");
            out.append("float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {\n");
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < vectors; j++) {
                lines.add("        FloatVector c%d_%d = FloatVector.zero(S);".formatted(i, j));
            }
        }
        if (stopEvery > 0) {
            lines.add("        // Never reached by p; see the generator.");
            lines.add("        int never = -1 - tStride;");
            if (rows > 2 * stopEvery) {
                lines.add("        int neverEither = -2 - tStride;");
            }
        }
        lines.add("        for (int p = 0; p < k; p++) {");
        for (int j = 0; j < vectors; j++) {
            lines.add("            FloatVector b%d = FloatVector.fromArray(S, b, bFirst + p * %d%s);"
                    .formatted(j, columns, plus(j * lanes)));
        }
        for (int i = 0; i < rows; i++) {
            if (stopEvery > 0 && i > 0 && i % stopEvery == 0) {
                lines.add("            if (p == %s) {".formatted(i == stopEvery ? "never" : "neverEither"));
                lines.add("                break;");
                lines.add("            }");
            }
            String index = packed
                    ? "aFirst + p * %d%s".formatted(rows, plus(i))
                    : "aFirst + p" + (i == 0 ? "" : " + %d * ROW_STRIDE".formatted(i));
            lines.add("            FloatVector a%d = FloatVector.broadcast(S, a[%s]);".formatted(i, index));
            for (int j = 0; j < vectors; j++) {
                lines.add("            c%d_%d = a%d.fma(b%d, c%d_%d);".formatted(i, j, i, j, i, j));
            }
        }
        lines.add("        }");
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < vectors; j++) {
                String row = i == 0 ? "" : i == 1 ? " + tStride" : " + " + i + " * tStride";
                lines.add("        c%d_%d.intoArray(t, tFirst%s%s);".formatted(i, j, row, plus(j * lanes)));
            }
        }
        lines.add("    }");
        lines.forEach(line -> out.append(line).append('\n'));
    }

    /**
     * The source of the transposition of a square of {@code lanes} rows: in turn, blocks of half of the rows, of a quarter and so on
     * change places between pairs of rows. A panel of A is three quarters as wide.
     */
    static String transposition(int lanes) {
        StringBuilder out = new StringBuilder();
        out.append("""
                package beits.device.cpu;

                import java.lang.foreign.MemorySegment;
                import jdk.incubator.vector.FloatVector;
                import jdk.incubator.vector.VectorMask;
                %simport jdk.incubator.vector.VectorSpecies;

                /**
                 * Transposes blocks of %d columns on their way from memory to a panel, in vectors of %d bits. Written by
                 * {@code MicroKernelGenerator}; do not edit.
                 */
                final class Transposition%d {
                    private static final VectorSpecies<Float> S = FloatVector.SPECIES_%d;
                """.formatted(
                        lanes == 8 ? "import jdk.incubator.vector.VectorShuffle;\n" : "",
                        lanes,
                        32 * lanes,
                        lanes,
                        32 * lanes));
        for (int s = lanes / 2; s > 0; s /= 2) {
            if (lanes == 16) {
                out.append("    private static final FloatVector LOW_%d = places(%d, 0);%n".formatted(s, s));
                out.append("    private static final FloatVector HIGH_%d = places(%d, %d);%n".formatted(s, s, s));
            } else {
                out.append(
                        "    private static final VectorShuffle<Float> ACROSS_%d = VectorShuffle.fromOp(S, i -> i ^ %d);%n"
                                .formatted(s, s));
                out.append("    private static final VectorMask<Float> SECOND_%d = VectorMask.fromLong(S, 0b%s);%n"
                        .formatted(s, second(s)));
            }
        }
        int narrow = lanes * 3 / 4;
        out.append("""
                    private static final VectorMask<Float> FIRST_%d = S.indexInRange(0, %d);

                    private Transposition%d() {}
                """.formatted(narrow, narrow, lanes));
        if (lanes == 16) {
            out.append("""

                        /** For the exchange of blocks of {@code size}: lane i from the first row, or 16 + i from the second. */
                        private static FloatVector places(int size, int shift) {
                            float[] places = new float[16];
                            for (int lane = 0; lane < 16; lane++) {
                                places[lane] = (lane & size) == 0 ? lane + shift : 16 + lane - size + shift;
                            }
                            return FloatVector.fromArray(S, places, 0);
                        }
                    """);
        }
        transposition(out, lanes, narrow);
        transposition(out, lanes, lanes);
        someRows(out, lanes);
        return out.append("}\n").toString();
    }

    /** Which lanes lie in the second of two blocks of {@code size}, in binary digits. */
    private static String second(int size) {
        int lanes = 0;
        for (int lane = 0; lane < 8; lane++) {
            lanes |= (lane & size) == 0 ? 0 : 1 << lane;
        }
        return "%8s".formatted(Integer.toBinaryString(lanes)).replace(' ', '0');
    }

    private static void transposition(StringBuilder out, int lanes, int rows) {
        boolean narrow = rows < lanes;
        out.append("""

                    /** {@code panel[at + p·width + r] = source[first + r·stride + p]} for r below %d and p below %d%s. */
                    static void rows%d(MemorySegment source, long first, long stride, float[] panel, int at%s) {
                """.formatted(rows, lanes, narrow ? ", width " + rows : "", rows, narrow ? "" : ", int width"));
        String[] names = new String[lanes];
        for (int i = 0; i < lanes; i++) {
            names[i] = "r" + Math.min(i, rows - 1);
            if (i < rows) {
                String offset = i == 0 ? "" : i == 1 ? " + stride" : " + " + i + " * stride";
                out.append("        FloatVector r%d = Lanes.load(source, first%s);%n".formatted(i, offset));
            }
        }
        exchange(out, names);
        for (int p = 0; p < lanes; p++) {
            String offset = p == 0 ? "" : narrow ? " + " + p * rows : p == 1 ? " + width" : " + " + p + " * width";
            String mask = narrow && p == lanes - 1 ? ", FIRST_" + rows : "";
            out.append("        %s.intoArray(panel, at%s%s);%n".formatted(names[p], offset, mask));
        }
        out.append("    }\n");
    }

    /** Missing rows are read as the last one again and left out of the result. */
    private static void someRows(StringBuilder out, int lanes) {
        out.append("""

                    /**
                     * {@code panel[at + p·width + r] = source[first + r·stride + p]} for r below {@code rows} and p below %d, zero for r
                     * from {@code rows} to {@code width}. In a panel narrower than a vector each store's surplus is overwritten by the
                     * next; the last one has none.
                     */
                    static void someRows(MemorySegment source, long first, long stride, int rows, float[] panel, int at, int width) {
                        VectorMask<Float> present = VectorMask.fromLong(S, (1L << rows) - 1);
                        VectorMask<Float> places = VectorMask.fromLong(S, (1L << Math.min(width, %d)) - 1);
                        FloatVector zero = FloatVector.zero(S);
                        long last = first + (rows - 1) * stride;
                        FloatVector r0 = Lanes.load(source, first);
                """.formatted(lanes, lanes));
        String[] names = new String[lanes];
        for (int i = 0; i < lanes; i++) {
            names[i] = "r" + i;
            if (i > 0) {
                String offset = i == 1 ? "stride" : i + " * stride";
                out.append("        FloatVector r%d = Lanes.load(source, Math.min(first + %s, last));%n"
                        .formatted(i, offset));
            }
        }
        exchange(out, names);
        for (int p = 0; p < lanes; p++) {
            String offset = p == 0 ? "" : p == 1 ? " + width" : " + " + p + " * width";
            String mask = p == lanes - 1 ? ", places" : "";
            out.append("        zero.blend(%s, present).intoArray(panel, at%s%s);%n".formatted(names[p], offset, mask));
        }
        out.append("    }\n");
    }

    /**
     * AVX-512 takes lanes out of two vectors in one instruction; AVX2 exchanges lanes within one and blends two, which took a third
     * of the time of copying one by one.
     */
    private static void exchange(StringBuilder out, String[] names) {
        int next = 0;
        for (int s = names.length / 2; s > 0; s /= 2) {
            for (int i = 0; i < names.length; i++) {
                if ((i & s) == 0) {
                    String a = names[i];
                    String b = names[i + s];
                    names[i] = "t" + next++;
                    names[i + s] = "t" + next++;
                    String low;
                    String high;
                    if (names.length == 16) {
                        low = "LOW_%d.selectFrom(%s, %s)".formatted(s, a, b);
                        high = "HIGH_%d.selectFrom(%s, %s)".formatted(s, a, b);
                    } else {
                        low = "%s.blend(%s.rearrange(ACROSS_%d), SECOND_%d)".formatted(a, b, s, s);
                        high = "%s.rearrange(ACROSS_%d).blend(%s, SECOND_%d)".formatted(a, s, b, s);
                    }
                    out.append("        FloatVector %s = %s;%n".formatted(names[i], low));
                    out.append("        FloatVector %s = %s;%n".formatted(names[i + s], high));
                }
            }
        }
    }

    private static String plus(int constant) {
        return constant == 0 ? "" : " + " + constant;
    }
}
