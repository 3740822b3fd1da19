package beits.device.cpu;

import beits.kernel.BinaryOperation;
import beits.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Passes over one to three flat tensors. Each loop ends with one masked vector. */
final class Elementwise {
    private Elementwise() {}

    static Step unary(UnaryFunction function, MemorySegment x, MemorySegment y, long size) {
        return switch (function) {
            case GELU -> Pieces.elements(size, (from, to) -> GeluLoops.forward(x, y, from, to));
            case RELU -> Pieces.elements(size, (from, to) -> relu(x, y, from, to));
            case SIGMOID -> Pieces.elements(size, (from, to) -> sigmoid(x, y, from, to));
            case TANH -> Pieces.elements(size, (from, to) -> tanh(x, y, from, to));
        };
    }

    static Step unaryBackward(
            UnaryFunction function, MemorySegment x, MemorySegment dy, MemorySegment dx, long size, Scratch scratch) {
        return switch (function) {
            case GELU -> {
                scratch.reserveOwn(GeluLoops.BLOCK + Lanes.COUNT);
                yield Step.of(Pieces.ceil(Math.toIntExact(size), Pieces.ELEMENTS), (worker, piece) -> {
                    int to = (int) Math.min(size, (piece + 1L) * Pieces.ELEMENTS);
                    for (int from = piece * Pieces.ELEMENTS; from < to; from += GeluLoops.BLOCK) {
                        GeluLoops.backward(x, dy, dx, from, Math.min(to, from + GeluLoops.BLOCK), scratch.own(worker));
                    }
                });
            }
            case RELU -> Pieces.elements(size, (from, to) -> reluBackward(x, dy, dx, from, to));
            case SIGMOID -> Pieces.elements(size, (from, to) -> sigmoidBackward(x, dy, dx, from, to));
            case TANH -> Pieces.elements(size, (from, to) -> tanhBackward(x, dy, dx, from, to));
        };
    }

    static Step binary(BinaryOperation operation, MemorySegment a, MemorySegment b, MemorySegment out, long size) {
        return switch (operation) {
            case ADD -> Pieces.elements(size, (from, to) -> add(a, b, out, from, to));
            case SUBTRACT -> Pieces.elements(size, (from, to) -> subtract(a, b, out, from, to));
            case MULTIPLY -> Pieces.elements(size, (from, to) -> multiply(a, b, out, from, to));
        };
    }

    static Step scale(MemorySegment x, MemorySegment y, float factor, long size) {
        return Pieces.elements(size, (from, to) -> scale(x, y, factor, from, to));
    }

    static Step scaleBy(MemorySegment x, MemorySegment factor, MemorySegment y, long size) {
        return Pieces.elements(size, (from, to) -> scale(x, y, Lanes.get(factor, 0), from, to));
    }

    static Step fill(MemorySegment out, float value, long size) {
        return Pieces.elements(size, (from, to) -> fill(out, value, from, to));
    }

    static Step addRowVector(MemorySegment x, MemorySegment vector, MemorySegment y, int rows, int columns) {
        return Pieces.rows(rows, columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                addRow(x, (long) row * columns, vector, y, columns);
            }
        });
    }

    private static void relu(MemorySegment x, MemorySegment y, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(x, i).max(0f), y, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            Lanes.store(Lanes.load(x, whole, rest).max(0f), y, whole, rest);
        }
    }

    private static void sigmoid(MemorySegment x, MemorySegment y, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(VectorMath.sigmoid(Lanes.load(x, i)), y, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            Lanes.store(VectorMath.sigmoid(Lanes.load(x, whole, rest)), y, whole, rest);
        }
    }

    private static void tanh(MemorySegment x, MemorySegment y, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(VectorMath.tanh(Lanes.load(x, i)), y, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            Lanes.store(VectorMath.tanh(Lanes.load(x, whole, rest)), y, whole, rest);
        }
    }

    private static void reluBackward(MemorySegment x, MemorySegment dy, MemorySegment dx, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.zero().blend(Lanes.load(dy, i), Lanes.load(x, i).compare(VectorOperators.GT, 0f)), dx, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            VectorMask<Float> positive = Lanes.load(x, whole, rest).compare(VectorOperators.GT, 0f);
            Lanes.store(Lanes.zero().blend(Lanes.load(dy, whole, rest), positive), dx, whole, rest);
        }
    }

    private static void sigmoidBackward(MemorySegment x, MemorySegment dy, MemorySegment dx, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            FloatVector s = VectorMath.sigmoid(Lanes.load(x, i));
            Lanes.store(Lanes.load(dy, i).mul(s).mul(Lanes.all(1f).sub(s)), dx, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            FloatVector s = VectorMath.sigmoid(Lanes.load(x, whole, rest));
            Lanes.store(Lanes.load(dy, whole, rest).mul(s).mul(Lanes.all(1f).sub(s)), dx, whole, rest);
        }
    }

    private static void tanhBackward(MemorySegment x, MemorySegment dy, MemorySegment dx, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            FloatVector t = VectorMath.tanh(Lanes.load(x, i));
            Lanes.store(Lanes.load(dy, i).mul(Lanes.all(1f).sub(t.mul(t))), dx, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            FloatVector t = VectorMath.tanh(Lanes.load(x, whole, rest));
            Lanes.store(Lanes.load(dy, whole, rest).mul(Lanes.all(1f).sub(t.mul(t))), dx, whole, rest);
        }
    }

    private static void add(MemorySegment a, MemorySegment b, MemorySegment out, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(a, i).add(Lanes.load(b, i)), out, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            Lanes.store(Lanes.load(a, whole, rest).add(Lanes.load(b, whole, rest)), out, whole, rest);
        }
    }

    private static void subtract(MemorySegment a, MemorySegment b, MemorySegment out, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(a, i).sub(Lanes.load(b, i)), out, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            Lanes.store(Lanes.load(a, whole, rest).sub(Lanes.load(b, whole, rest)), out, whole, rest);
        }
    }

    private static void multiply(MemorySegment a, MemorySegment b, MemorySegment out, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(a, i).mul(Lanes.load(b, i)), out, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            Lanes.store(Lanes.load(a, whole, rest).mul(Lanes.load(b, whole, rest)), out, whole, rest);
        }
    }

    private static void scale(MemorySegment x, MemorySegment y, float factor, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(x, i).mul(factor), y, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            Lanes.store(Lanes.load(x, whole, rest).mul(factor), y, whole, rest);
        }
    }

    private static void fill(MemorySegment out, float value, int from, int to) {
        for (int i = from; i < to; i++) {
            Lanes.set(out, i, value);
        }
    }

    private static void addRow(MemorySegment x, long at, MemorySegment vector, MemorySegment y, int columns) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            Lanes.store(Lanes.load(x, at + j).add(Lanes.load(vector, j)), y, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            Lanes.store(Lanes.load(x, at + whole, rest).add(Lanes.load(vector, whole, rest)), y, at + whole, rest);
        }
    }
}
