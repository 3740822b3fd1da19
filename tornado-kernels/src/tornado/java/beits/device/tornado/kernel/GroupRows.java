package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Softmax, cross-entropy and layer normalisation with one work-group a row and sums by halves in local memory, for devices of GPU type. */
public final class GroupRows {
    /** Work-items of a group. */
    public static final int GROUP = 64;

    private GroupRows() {}

    /** The sum of every work-item's value; {@code local} is free again afterwards. */
    static float groupSum(KernelContext context, float[] local, float value) {
        int lane = context.localIdx;
        local[lane] = value;
        context.localBarrier();
        for (int half = GROUP / 2; half > 0; half = half / 2) {
            if (lane < half) {
                local[lane] = local[lane] + local[lane + half];
            }
            context.localBarrier();
        }
        float sum = local[0];
        context.localBarrier();
        return sum;
    }

    /** As {@link #groupSum}, the largest value. */
    static float groupMax(KernelContext context, float[] local, float value) {
        int lane = context.localIdx;
        local[lane] = value;
        context.localBarrier();
        for (int half = GROUP / 2; half > 0; half = half / 2) {
            if (lane < half) {
                local[lane] = TornadoMath.max(local[lane], local[lane + half]);
            }
            context.localBarrier();
        }
        float max = local[0];
        context.localBarrier();
        return max;
    }

    /** As {@link SoftmaxRows#softmaxForward}. */
    public static void groupSoftmaxForward(
            KernelContext context, FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        float[] local = context.allocateFloatLocalArray(GROUP);
        int columns = sizes.get(3);
        int lane = context.localIdx;
        int xr = places.get(sizes.get(0)) + context.groupIdx * columns;
        int yr = places.get(sizes.get(0) + 1) + context.groupIdx * columns;
        float max = x.get(xr);
        for (int c = lane; c < columns; c += GROUP) {
            max = TornadoMath.max(max, x.get(xr + c));
        }
        max = groupMax(context, local, max);
        float sum = 0f;
        for (int c = lane; c < columns; c += GROUP) {
            float e = TornadoMath.exp(x.get(xr + c) - max);
            y.set(yr + c, e);
            sum += e;
        }
        float inverse = 1f / groupSum(context, local, sum);
        for (int c = lane; c < columns; c += GROUP) {
            y.set(yr + c, y.get(yr + c) * inverse);
        }
    }

    /** As {@link SoftmaxRows#softmaxBackward}. */
    public static void groupSoftmaxBackward(
            KernelContext context, FloatArray y, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        float[] local = context.allocateFloatLocalArray(GROUP);
        int columns = sizes.get(3);
        int lane = context.localIdx;
        int yr = places.get(sizes.get(0)) + context.groupIdx * columns;
        int dyr = places.get(sizes.get(0) + 1) + context.groupIdx * columns;
        int dxr = places.get(sizes.get(0) + 2) + context.groupIdx * columns;
        float sum = 0f;
        for (int c = lane; c < columns; c += GROUP) {
            sum += dy.get(dyr + c) * y.get(yr + c);
        }
        sum = groupSum(context, local, sum);
        for (int c = lane; c < columns; c += GROUP) {
            dx.set(dxr + c, y.get(yr + c) * (dy.get(dyr + c) - sum));
        }
    }

    /** As {@link SoftmaxRows#attentionSoftmax}. */
    public static void groupAttentionSoftmax(
            KernelContext context, FloatArray bias, FloatArray s, IntArray places, IntArray sizes) {
        float[] local = context.allocateFloatLocalArray(GROUP);
        int columns = sizes.get(3);
        int biasRows = sizes.get(4);
        int row = context.groupIdx;
        int lane = context.localIdx;
        int sr = places.get(sizes.get(0) + 1) + row * columns;
        if (biasRows > 0) {
            int br = places.get(sizes.get(0)) + row % biasRows * columns;
            for (int c = lane; c < columns; c += GROUP) {
                s.set(sr + c, s.get(sr + c) + bias.get(br + c));
            }
        }
        context.globalBarrier();
        float max = s.get(sr);
        for (int c = lane; c < columns; c += GROUP) {
            max = TornadoMath.max(max, s.get(sr + c));
        }
        max = groupMax(context, local, max);
        float sum = 0f;
        for (int c = lane; c < columns; c += GROUP) {
            float e = TornadoMath.exp(s.get(sr + c) - max);
            s.set(sr + c, e);
            sum += e;
        }
        float inverse = 1f / groupSum(context, local, sum);
        for (int c = lane; c < columns; c += GROUP) {
            s.set(sr + c, s.get(sr + c) * inverse);
        }
    }

    /** As {@link VectorCrossEntropy#crossEntropyOfRows}. */
    public static void groupCrossEntropy(
            KernelContext context,
            FloatArray logits,
            IntArray labels,
            IntArray count,
            FloatArray lse,
            FloatArray rowValues,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        float[] local = context.allocateFloatLocalArray(GROUP);
        int at = sizes.get(0);
        int columns = sizes.get(3);
        int lane = context.localIdx;
        int row = context.groupIdx;
        int xr = places.get(at) + row * columns;
        int label = labels.get(places.get(at + 1) + row);
        float max = logits.get(xr);
        for (int c = lane; c < columns; c += GROUP) {
            max = TornadoMath.max(max, logits.get(xr + c));
        }
        max = groupMax(context, local, max);
        float sum = 0f;
        float total = 0f;
        float before = 0f;
        for (int c = lane; c < columns; c += GROUP) {
            float v = logits.get(xr + c);
            sum += TornadoMath.exp(v - max);
            total += v - max;
            if (v == max && c < label) {
                before += 1f;
            }
        }
        float log = TornadoMath.log(groupSum(context, local, sum));
        total = groupSum(context, local, total);
        before = groupSum(context, local, before);
        if (lane == 0) {
            int used = sizes.get(2);
            if (sizes.get(4) != 0) {
                used = count.get(places.get(at + 2));
            }
            float loss = 0f;
            float hit = 0f;
            if (row < used) {
                lse.set(places.get(at + 3) + 2 * row, max);
                lse.set(places.get(at + 3) + 2 * row + 1, log);
                if (label >= columns) {
                    loss = constants.get(sizes.get(1) + 1);
                } else if (label >= 0) {
                    float smoothing = constants.get(sizes.get(1));
                    float own = logits.get(xr + label);
                    loss = (1f - smoothing) * (log - (own - max)) + smoothing * (log - total / columns);
                    // The first of several largest ones is the guess.
                    hit = own == max && before == 0f ? 1f : 0f;
                }
            }
            rowValues.set(places.get(at + 4) + row, loss);
            rowValues.set(places.get(at + 5) + row, hit);
        }
    }

    /** As {@link LayerNormRows#layerNormForward}. */
    public static void groupLayerNormForward(
            KernelContext context,
            FloatArray x,
            FloatArray gamma,
            FloatArray beta,
            FloatArray out,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        float[] local = context.allocateFloatLocalArray(GROUP);
        int at = sizes.get(0);
        int columns = sizes.get(3);
        int row = context.groupIdx;
        int lane = context.localIdx;
        int xr = places.get(at) + row * columns;
        int gamma0 = places.get(at + 1);
        int beta0 = places.get(at + 2);
        int yr = places.get(at + 3) + row * columns;
        float sum = 0f;
        for (int c = lane; c < columns; c += GROUP) {
            sum += x.get(xr + c);
        }
        float mu = groupSum(context, local, sum) / columns;
        float squares = 0f;
        for (int c = lane; c < columns; c += GROUP) {
            float d = x.get(xr + c) - mu;
            squares += d * d;
        }
        squares = groupSum(context, local, squares);
        float rs = 1f / TornadoMath.sqrt(squares / columns + constants.get(sizes.get(1)));
        for (int c = lane; c < columns; c += GROUP) {
            out.set(yr + c, (x.get(xr + c) - mu) * rs * gamma.get(gamma0 + c) + beta.get(beta0 + c));
        }
        if (lane == 0) {
            out.set(places.get(at + 4) + row, mu);
            out.set(places.get(at + 5) + row, rs);
        }
    }

    /** As {@link LayerNormRows#layerNormBackward}. */
    public static void groupLayerNormBackward(
            KernelContext context,
            FloatArray x,
            FloatArray gamma,
            FloatArray mean,
            FloatArray rstd,
            FloatArray dy,
            FloatArray dx,
            IntArray places,
            IntArray sizes) {
        float[] local = context.allocateFloatLocalArray(GROUP);
        int at = sizes.get(0);
        int columns = sizes.get(3);
        int accumulate = sizes.get(4);
        int row = context.groupIdx;
        int lane = context.localIdx;
        int xr = places.get(at) + row * columns;
        int gamma0 = places.get(at + 1);
        float mu = mean.get(places.get(at + 2) + row);
        float rs = rstd.get(places.get(at + 3) + row);
        int dyr = places.get(at + 4) + row * columns;
        int dxr = places.get(at + 5) + row * columns;
        float sumG = 0f;
        float sumGn = 0f;
        for (int c = lane; c < columns; c += GROUP) {
            float g = dy.get(dyr + c) * gamma.get(gamma0 + c);
            sumG += g;
            sumGn += g * (x.get(xr + c) - mu) * rs;
        }
        float meanG = groupSum(context, local, sumG) / columns;
        float meanGn = groupSum(context, local, sumGn) / columns;
        for (int c = lane; c < columns; c += GROUP) {
            float n = (x.get(xr + c) - mu) * rs;
            float value = rs * (dy.get(dyr + c) * gamma.get(gamma0 + c) - meanG - n * meanGn);
            if (accumulate != 0) {
                value += dx.get(dxr + c);
            }
            dx.set(dxr + c, value);
        }
    }
}
