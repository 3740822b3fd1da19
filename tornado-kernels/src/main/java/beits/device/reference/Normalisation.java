package beits.device.reference;

import beits.kernel.BatchNorm;
import beits.kernel.BatchNormBackward;
import beits.kernel.BatchNormInference;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;

/** Layer and batch normalisation. */
final class Normalisation {
    private Normalisation() {}

    static void layerNorm(LayerNorm k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles gamma = memory.floats(k.gamma());
        Doubles beta = memory.floats(k.beta());
        Doubles y = memory.floats(k.y());
        int columns = k.x().shape().columns();
        for (int r = 0; r < k.x().shape().rows(); r++) {
            double sum = 0;
            for (int c = 0; c < columns; c++) {
                sum += x.get(r * columns + c);
            }
            double mean = sum / columns;
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                double d = x.get(r * columns + c) - mean;
                squares += d * d;
            }
            double rstd = 1 / Math.sqrt(squares / columns + k.epsilon());
            for (int c = 0; c < columns; c++) {
                int at = r * columns + c;
                y.set(at, (x.get(at) - mean) * rstd * gamma.get(c) + beta.get(c));
            }
            memory.floats(k.mean()).set(r, mean);
            memory.floats(k.rstd()).set(r, rstd);
        }
    }

    static void layerNormBackward(LayerNormBackward k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles gamma = memory.floats(k.gamma());
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        int columns = k.x().shape().columns();
        double[] dGamma = new double[columns];
        double[] dBeta = new double[columns];
        for (int r = 0; r < k.x().shape().rows(); r++) {
            double mean = memory.floats(k.mean()).get(r);
            double rstd = memory.floats(k.rstd()).get(r);
            double sumG = 0;
            double sumGn = 0;
            for (int c = 0; c < columns; c++) {
                int at = r * columns + c;
                double n = (x.get(at) - mean) * rstd;
                double g = dy.get(at) * gamma.get(c);
                sumG += g;
                sumGn += g * n;
                dGamma[c] += dy.get(at) * n;
                dBeta[c] += dy.get(at);
            }
            for (int c = 0; c < columns; c++) {
                int at = r * columns + c;
                double n = (x.get(at) - mean) * rstd;
                double g = dy.get(at) * gamma.get(c);
                double value = rstd * (g - sumG / columns - n * sumGn / columns);
                dx.set(at, k.accumulateInput() ? dx.get(at) + value : value);
            }
        }
        memory.floats(k.dGamma()).store(dGamma, k.accumulateParameters());
        memory.floats(k.dBeta()).store(dBeta, k.accumulateParameters());
    }

    static void batchNorm(BatchNorm k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles gamma = memory.floats(k.gamma());
        Doubles beta = memory.floats(k.beta());
        Doubles y = memory.floats(k.y());
        Doubles runningMean = memory.floats(k.runningMean());
        Doubles runningVariance = memory.floats(k.runningVariance());
        int rows = k.x().shape().rows();
        int columns = k.x().shape().columns();
        for (int c = 0; c < columns; c++) {
            double sum = 0;
            for (int r = 0; r < rows; r++) {
                sum += x.get(r * columns + c);
            }
            double mean = sum / rows;
            double squares = 0;
            for (int r = 0; r < rows; r++) {
                double d = x.get(r * columns + c) - mean;
                squares += d * d;
            }
            double variance = squares / rows;
            double unbiased = rows > 1 ? squares / (rows - 1) : variance;
            double rstd = 1 / Math.sqrt(variance + k.epsilon());
            for (int r = 0; r < rows; r++) {
                int at = r * columns + c;
                y.set(at, (x.get(at) - mean) * rstd * gamma.get(c) + beta.get(c));
            }
            memory.floats(k.mean()).set(c, mean);
            memory.floats(k.rstd()).set(c, rstd);
            runningMean.set(c, (1 - k.momentum()) * runningMean.get(c) + k.momentum() * mean);
            runningVariance.set(c, (1 - k.momentum()) * runningVariance.get(c) + k.momentum() * unbiased);
        }
    }

    static void batchNormInference(BatchNormInference k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles gamma = memory.floats(k.gamma());
        Doubles beta = memory.floats(k.beta());
        Doubles mean = memory.floats(k.runningMean());
        Doubles variance = memory.floats(k.runningVariance());
        Doubles y = memory.floats(k.y());
        int columns = k.x().shape().columns();
        for (int at = 0; at < x.size(); at++) {
            int c = at % columns;
            double normalised = (x.get(at) - mean.get(c)) / Math.sqrt(variance.get(c) + k.epsilon());
            y.set(at, normalised * gamma.get(c) + beta.get(c));
        }
    }

    static void batchNormBackward(BatchNormBackward k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles gamma = memory.floats(k.gamma());
        Doubles mean = memory.floats(k.mean());
        Doubles rstd = memory.floats(k.rstd());
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        int rows = k.x().shape().rows();
        int columns = k.x().shape().columns();
        double[] dGamma = new double[columns];
        double[] dBeta = new double[columns];
        for (int at = 0; at < x.size(); at++) {
            int c = at % columns;
            dGamma[c] += dy.get(at) * (x.get(at) - mean.get(c)) * rstd.get(c);
            dBeta[c] += dy.get(at);
        }
        for (int at = 0; at < x.size(); at++) {
            int c = at % columns;
            double n = (x.get(at) - mean.get(c)) * rstd.get(c);
            dx.set(at, gamma.get(c) * rstd.get(c) * (dy.get(at) - dBeta[c] / rows - n * dGamma[c] / rows));
        }
        memory.floats(k.dGamma()).store(dGamma, k.accumulateParameters());
        memory.floats(k.dBeta()).store(dBeta, k.accumulateParameters());
    }
}
