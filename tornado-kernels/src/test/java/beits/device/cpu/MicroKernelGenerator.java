package beits.device.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the sources of the micro-kernels: {@code java MicroKernelGenerator.java DIRECTORY}. A test compares the sources with what
 * this writes.
 */
final class MicroKernelGenerator {
    private static final int[] BITS = {128, 256, 512};
    private static final int LINE = 120;

    private MicroKernelGenerator() {}

    public static void main(String[] arguments) throws IOException {
        for (int bits : BITS) {
            Files.writeString(Path.of(arguments[0], "MicroKernel" + bits + ".java"), source(bits));
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
                    tile(out, packed, r, c, lanes);
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

    private static void tile(StringBuilder out, boolean packed, int rows, int columns, int lanes) {
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
        lines.add("        for (int p = 0; p < k; p++) {");
        for (int j = 0; j < vectors; j++) {
            lines.add("            FloatVector b%d = FloatVector.fromArray(S, b, bFirst + p * %d%s);"
                    .formatted(j, columns, plus(j * lanes)));
        }
        for (int i = 0; i < rows; i++) {
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

    private static String plus(int constant) {
        return constant == 0 ? "" : " + " + constant;
    }
}
