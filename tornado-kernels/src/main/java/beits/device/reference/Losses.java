package beits.device.reference;

import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.Distance;
import beits.kernel.RegressionLoss;
import beits.kernel.RegressionLossBackward;
import beits.kernel.SoftCrossEntropy;
import beits.kernel.SoftCrossEntropyBackward;
import beits.kernel.Softmax;
import beits.kernel.SoftmaxBackward;
import beits.kernel.UniformKl;
import beits.kernel.UniformKlBackward;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/** Softmax and the losses. */
final class Losses {
    /** What the official code adds to probabilities before it takes their logarithm. */
    private static final double KL_EPSILON = 1e-10;

    private Losses() {}

    /** Softmax in place. */
    static void softmax(double[] scores) {
        double max = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            max = Math.max(max, score);
        }
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.exp(scores[i] - max);
            sum += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= sum;
        }
    }

    static void softmax(Softmax k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles y = memory.floats(k.y());
        int columns = k.x().shape().columns();
        double[] row = new double[columns];
        for (int r = 0; r < k.x().shape().rows(); r++) {
            for (int c = 0; c < columns; c++) {
                row[c] = x.get(r * columns + c);
            }
            softmax(row);
            for (int c = 0; c < columns; c++) {
                y.set(r * columns + c, row[c]);
            }
        }
    }

    static void softmaxBackward(SoftmaxBackward k, Memory memory) {
        Doubles y = memory.floats(k.y());
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        int columns = k.y().shape().columns();
        for (int r = 0; r < k.y().shape().rows(); r++) {
            double sum = 0;
            for (int at = r * columns; at < (r + 1) * columns; at++) {
                sum += dy.get(at) * y.get(at);
            }
            for (int at = r * columns; at < (r + 1) * columns; at++) {
                dx.set(at, y.get(at) * (dy.get(at) - sum));
            }
        }
    }

    static void crossEntropy(CrossEntropy k, Memory memory) {
        Doubles logits = memory.floats(k.logits());
        Ints labels = memory.ints(k.labels());
        Doubles lse = memory.floats(k.lse());
        int columns = k.logits().shape().columns();
        int n = rowsInUse(k.count(), k.logits(), memory);
        double sum = 0;
        int hits = 0;
        for (int r = 0; r < n; r++) {
            double rowLse = logSumExp(logits, r, columns, lse);
            if (labels.get(r) < 0) {
                continue;
            }
            int label = labels.index(r, columns);
            double total = 0;
            for (int c = 0; c < columns; c++) {
                total += logits.get(r * columns + c);
            }
            sum += (1 - k.smoothing()) * (rowLse - logits.get(r * columns + label))
                    + k.smoothing() * (rowLse - total / columns);
            if (Tokens.argMax(logits, r, columns) == label) {
                hits++;
            }
        }
        memory.floats(k.loss()).set(0, n == 0 ? 0 : sum / n);
        memory.floats(k.hits()).set(0, hits);
    }

    static void crossEntropyBackward(CrossEntropyBackward k, Memory memory) {
        Doubles logits = memory.floats(k.logits());
        Ints labels = memory.ints(k.labels());
        Doubles lse = memory.floats(k.lse());
        Doubles dLogits = memory.floats(k.dLogits());
        double dLoss = memory.floats(k.dLoss()).get(0);
        int columns = k.logits().shape().columns();
        int n = rowsInUse(k.count(), k.logits(), memory);
        for (int r = 0; r < k.logits().shape().rows(); r++) {
            boolean weighs = r < n && labels.get(r) >= 0;
            int label = weighs ? labels.index(r, columns) : -1;
            for (int c = 0; c < columns; c++) {
                int at = r * columns + c;
                double target = (c == label ? 1 - k.smoothing() : 0) + k.smoothing() / columns;
                dLogits.set(
                        at,
                        weighs
                                ? dLoss / n * (Math.exp(logits.get(at) - lse.get(2 * r) - lse.get(2 * r + 1)) - target)
                                : 0);
            }
        }
    }

    private static int rowsInUse(@Nullable Slot count, Slot logits, Memory memory) {
        int rows = logits.shape().rows();
        return count == null ? rows : memory.ints(count).index(0, rows + 1);
    }

    /** The logarithm of a row's sum of exponentials; its two terms go into {@code lse}. */
    private static double logSumExp(Doubles logits, int row, int columns, Doubles lse) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < columns; c++) {
            max = Math.max(max, logits.get(row * columns + c));
        }
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            sum += Math.exp(logits.get(row * columns + c) - max);
        }
        double log = Math.log(sum);
        lse.set(2 * row, max);
        lse.set(2 * row + 1, log);
        return max + log;
    }

    static void softCrossEntropy(SoftCrossEntropy k, Memory memory) {
        Doubles logits = memory.floats(k.logits());
        Doubles targets = memory.floats(k.targets());
        int rows = k.logits().shape().rows();
        int columns = k.logits().shape().columns();
        double sum = 0;
        int hits = 0;
        for (int r = 0; r < rows; r++) {
            double rowLse = logSumExp(logits, r, columns, memory.floats(k.lse()));
            for (int at = r * columns; at < (r + 1) * columns; at++) {
                sum += targets.get(at) * (rowLse - logits.get(at));
            }
            if (Tokens.argMax(logits, r, columns) == Tokens.argMax(targets, r, columns)) {
                hits++;
            }
        }
        memory.floats(k.loss()).set(0, sum / rows);
        memory.floats(k.hits()).set(0, hits);
    }

    static void softCrossEntropyBackward(SoftCrossEntropyBackward k, Memory memory) {
        Doubles logits = memory.floats(k.logits());
        Doubles targets = memory.floats(k.targets());
        Doubles lse = memory.floats(k.lse());
        Doubles dLogits = memory.floats(k.dLogits());
        double dLoss = memory.floats(k.dLoss()).get(0);
        int rows = k.logits().shape().rows();
        int columns = k.logits().shape().columns();
        for (int r = 0; r < rows; r++) {
            double total = 0;
            for (int at = r * columns; at < (r + 1) * columns; at++) {
                total += targets.get(at);
            }
            for (int at = r * columns; at < (r + 1) * columns; at++) {
                dLogits.set(
                        at,
                        dLoss
                                / rows
                                * (Math.exp(logits.get(at) - lse.get(2 * r) - lse.get(2 * r + 1)) * total
                                        - targets.get(at)));
            }
        }
    }

    static void regressionLoss(RegressionLoss k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles target = memory.floats(k.target());
        double sum = 0;
        for (int i = 0; i < x.size(); i++) {
            double d = x.get(i) - target.get(i);
            sum += switch (k.distance()) {
                case SQUARED -> d * d;
                case SMOOTH_L1 -> Math.abs(d) < 1 ? d * d / 2 : Math.abs(d) - 0.5;
            };
        }
        memory.floats(k.loss()).set(0, sum / x.size());
    }

    static void regressionLossBackward(RegressionLossBackward k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles target = memory.floats(k.target());
        Doubles dx = memory.floats(k.dx());
        double dLoss = memory.floats(k.dLoss()).get(0);
        for (int i = 0; i < x.size(); i++) {
            dx.set(i, dLoss / x.size() * derivative(k.distance(), x.get(i) - target.get(i)));
        }
    }

    private static double derivative(Distance distance, double d) {
        return switch (distance) {
            case SQUARED -> 2 * d;
            case SMOOTH_L1 -> Math.abs(d) < 1 ? d : Math.signum(d);
        };
    }

    static void uniformKl(UniformKl k, Memory memory) {
        Doubles q = memory.floats(k.q());
        double logUniform = -Math.log(k.q().shape().columns());
        double sum = 0;
        for (int i = 0; i < q.size(); i++) {
            double shifted = q.get(i) + KL_EPSILON;
            sum += shifted * (Math.log(shifted) - logUniform);
        }
        memory.floats(k.loss()).set(0, sum);
    }

    static void uniformKlBackward(UniformKlBackward k, Memory memory) {
        Doubles q = memory.floats(k.q());
        Doubles dq = memory.floats(k.dq());
        double dLoss = memory.floats(k.dLoss()).get(0);
        double logUniform = -Math.log(k.q().shape().columns());
        for (int i = 0; i < q.size(); i++) {
            dq.set(i, dLoss * (Math.log(q.get(i) + KL_EPSILON) - logUniform + 1));
        }
    }
}
