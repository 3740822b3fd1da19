package beits.device.reference;

import beits.kernel.AddRowVector;
import beits.kernel.ColumnSum;
import beits.kernel.Epilogue;
import beits.kernel.MatMul;
import beits.kernel.Transpose;
import java.util.stream.IntStream;

/** Matrix products and what goes with them. */
final class LinearAlgebra {
    private LinearAlgebra() {}

    static void matMul(MatMul k, Memory memory) {
        int m = k.m();
        int n = k.n();
        int length = k.k();
        Doubles a = memory.floats(k.a());
        Doubles b = memory.floats(k.b());
        Doubles c = memory.floats(k.c());
        // Rows of op(b) have to be contiguous for the innermost loop, so a transposed b is turned round first.
        double[] right = k.transposeB() ? transposed(b, n, length) : b.arena();
        int rightFirst = k.transposeB() ? 0 : b.first();
        IntStream.range(0, m).parallel().forEach(i -> {
            double[] row = new double[n];
            for (int p = 0; p < length; p++) {
                double left = a.get(k.transposeA() ? p * m + i : i * length + p);
                int base = rightFirst + p * n;
                for (int j = 0; j < n; j++) {
                    row[j] += left * right[base + j];
                }
            }
            for (int j = 0; j < n; j++) {
                int at = i * n + j;
                if (k.accumulate()) {
                    c.add(at, row[j]);
                } else {
                    c.set(at, row[j]);
                }
            }
        });
        switch (k.epilogue()) {
            case Epilogue.None none -> {}
            case Epilogue.Bias e -> {
                Doubles bias = memory.floats(e.bias());
                for (int at = 0; at < c.size(); at++) {
                    c.add(at, bias.get(at % n));
                }
            }
            case Epilogue.BiasRelu e -> {
                Doubles bias = memory.floats(e.bias());
                for (int at = 0; at < c.size(); at++) {
                    c.set(at, Math.max(c.get(at) + bias.get(at % n), 0));
                }
            }
            case Epilogue.BiasGelu e -> {
                Doubles bias = memory.floats(e.bias());
                Doubles input = memory.floats(e.input());
                IntStream.range(0, m).parallel().forEach(i -> {
                    for (int at = i * n; at < (i + 1) * n; at++) {
                        input.set(at, c.get(at) + bias.get(at % n));
                        c.set(at, Elementwise.gelu(input.get(at)));
                    }
                });
            }
        }
    }

    /** The matrix [rows, columns] as [columns, rows]. */
    private static double[] transposed(Doubles x, int rows, int columns) {
        double[] y = new double[x.size()];
        IntStream.range(0, columns).parallel().forEach(c -> {
            for (int r = 0; r < rows; r++) {
                y[c * rows + r] = x.get(r * columns + c);
            }
        });
        return y;
    }

    static void columnSum(ColumnSum k, Memory memory) {
        Doubles x = memory.floats(k.x());
        int columns = k.x().shape().columns();
        double[] sums = new double[columns];
        for (int r = 0; r < k.x().shape().rows(); r++) {
            for (int c = 0; c < columns; c++) {
                sums[c] += x.get(r * columns + c);
            }
        }
        memory.floats(k.out()).store(sums, k.accumulate());
    }

    static void addRowVector(AddRowVector k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles vector = memory.floats(k.vector());
        Doubles y = memory.floats(k.y());
        int columns = k.x().shape().columns();
        for (int i = 0; i < x.size(); i++) {
            y.set(i, x.get(i) + vector.get(i % columns));
        }
    }

    static void transpose(Transpose k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles y = memory.floats(k.y());
        int rows = k.x().shape().extent(1);
        int columns = k.x().shape().extent(2);
        for (int b = 0; b < k.x().shape().extent(0); b++) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    y.set((b * columns + c) * rows + r, x.get((b * rows + r) * columns + c));
                }
            }
        }
    }
}
