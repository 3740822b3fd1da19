package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Rows picked, put together, averaged and copied. An index beyond the rows gives values that are not numbers. */
public final class TokenRows {
    private TokenRows() {}

    /**
     * {@code out[m,c] = x[index[m],c]} for m below the count, else 0; sizes: elements of out, columns, picks, rows of x, whether
     * there is a count; constants: NaN, the value of rows that x does not have.
     */
    public static void gatherForward(
            FloatArray x,
            IntArray index,
            IntArray count,
            FloatArray out,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int index0 = places.get(at + 1);
        int count0 = places.get(at + 2);
        int out0 = places.get(at + 3);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int picks = sizes.get(4);
        int rows = sizes.get(5);
        int withCount = sizes.get(6);
        for (@Parallel int i = 0; i < n; i++) {
            int m = i / columns;
            int used = picks;
            if (withCount != 0) {
                used = count.get(count0);
            }
            float value = 0f;
            if (m < used) {
                int row = index.get(index0 + m);
                if (row >= 0 && row < rows) {
                    value = x.get(x0 + row * columns + i - m * columns);
                } else {
                    value = constants.get(sizes.get(1));
                }
            }
            out.set(out0 + i, value);
        }
    }

    /**
     * {@code dx[index[m],c] = dy[m,c]} for m below the count, after all of dx was set to 0; the indices are distinct. Sizes as
     * {@link #gatherForward} with the elements of dy first.
     */
    public static void gatherBackward(
            FloatArray dy, IntArray index, IntArray count, FloatArray dx, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int dy0 = places.get(at);
        int index0 = places.get(at + 1);
        int count0 = places.get(at + 2);
        int dx0 = places.get(at + 3);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int picks = sizes.get(4);
        int rows = sizes.get(5);
        int withCount = sizes.get(6);
        for (@Parallel int i = 0; i < n; i++) {
            int m = i / columns;
            int used = picks;
            if (withCount != 0) {
                used = count.get(count0);
            }
            int row = index.get(index0 + m);
            if (m < used && row >= 0 && row < rows) {
                dx.set(dx0 + row * columns + i - m * columns, dy.get(dy0 + i));
            }
        }
    }

    /**
     * {@code out[b,0,c] = classToken[c] + positions[0,c]}, {@code out[b,n+1,c] = (mask[b,n] ? maskToken[c] : patches[b,n,c]) +
     * positions[n+1,c]}; sizes: elements of out, columns, tokens, whether there is a mask, whether there are positions.
     */
    public static void embedForward(
            FloatArray patches,
            IntArray mask,
            FloatArray maskToken,
            FloatArray classToken,
            FloatArray positions,
            FloatArray out,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int patches0 = places.get(at);
        int mask0 = places.get(at + 1);
        int maskToken0 = places.get(at + 2);
        int classToken0 = places.get(at + 3);
        int positions0 = places.get(at + 4);
        int out0 = places.get(at + 5);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int tokens = sizes.get(4);
        int withMask = sizes.get(5);
        int withPositions = sizes.get(6);
        for (@Parallel int i = 0; i < n; i++) {
            int c = i % columns;
            int row = i / columns;
            int b = row / tokens;
            int t = row - b * tokens;
            int patch = row - b - 1;
            float value;
            if (t == 0) {
                value = classToken.get(classToken0 + c);
            } else {
                int hidden = 0;
                if (withMask != 0) {
                    hidden = mask.get(mask0 + patch);
                }
                if (hidden != 0) {
                    value = maskToken.get(maskToken0 + c);
                } else {
                    value = patches.get(patches0 + patch * columns + c);
                }
            }
            if (withPositions != 0) {
                value = value + positions.get(positions0 + t * columns + c);
            }
            out.set(out0 + i, value);
        }
    }

    /**
     * {@code dPatches[b,n,c] = mask[b,n] ? 0 : dOut[b,n+1,c]}; sizes: elements of dPatches, columns, patches, whether there is a
     * mask.
     */
    public static void embedBackwardPatches(
            FloatArray dOut, IntArray mask, FloatArray dPatches, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int dOut0 = places.get(at);
        int mask0 = places.get(at + 1);
        int dPatches0 = places.get(at + 2);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int patches = sizes.get(4);
        int withMask = sizes.get(5);
        for (@Parallel int i = 0; i < n; i++) {
            int patch = i / columns;
            int hidden = 0;
            if (withMask != 0) {
                hidden = mask.get(mask0 + patch);
            }
            float value = 0f;
            if (hidden == 0) {
                value = dOut.get(dOut0 + i + (patch / patches + 1) * columns);
            }
            dPatches.set(dPatches0 + i, value);
        }
    }

    /**
     * {@code dMaskToken[c] = Σ_b,n mask[b,n] ? dOut[b,n+1,c] : 0}, added to what it holds when asked; sizes: columns, pictures,
     * patches, whether to add.
     */
    public static void embedBackwardMaskToken(
            FloatArray dOut, IntArray mask, FloatArray dMaskToken, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int dOut0 = places.get(at);
        int mask0 = places.get(at + 1);
        int dMaskToken0 = places.get(at + 2);
        int columns = sizes.get(2);
        int pictures = sizes.get(3);
        int patches = sizes.get(4);
        int accumulate = sizes.get(5);
        for (@Parallel int c = 0; c < columns; c++) {
            float total = 0f;
            if (accumulate != 0) {
                total = dMaskToken.get(dMaskToken0 + c);
            }
            for (int b = 0; b < pictures; b++) {
                float sum = 0f;
                for (int n = 0; n < patches; n++) {
                    if (mask.get(mask0 + b * patches + n) != 0) {
                        sum += dOut.get(dOut0 + (b * (patches + 1) + n + 1) * columns + c);
                    }
                }
                total += sum;
            }
            dMaskToken.set(dMaskToken0 + c, total);
        }
    }

    /**
     * {@code out[i] = Σ_b dOut[b,i]}, added to what out holds when asked: the gradient of positions, and of the class token; sizes:
     * elements of out, pictures, elements a picture, whether to add.
     */
    public static void sumOverPictures(FloatArray dOut, FloatArray out, IntArray places, IntArray sizes) {
        int dOut0 = places.get(sizes.get(0));
        int out0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int pictures = sizes.get(3);
        int stride = sizes.get(4);
        int accumulate = sizes.get(5);
        for (@Parallel int i = 0; i < n; i++) {
            float sum = 0f;
            if (accumulate != 0) {
                sum = out.get(out0 + i);
            }
            for (int b = 0; b < pictures; b++) {
                sum += dOut.get(dOut0 + b * stride + i);
            }
            out.set(out0 + i, sum);
        }
    }

    /** {@code out[b,c] = Σ_n≥first x[b,n,c] / (tokens − first)}; sizes: elements of out, columns, tokens, first. */
    public static void meanTokensForward(FloatArray x, FloatArray out, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int out0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int tokens = sizes.get(4);
        int first = sizes.get(5);
        for (@Parallel int i = 0; i < n; i++) {
            int b = i / columns;
            int c = i - b * columns;
            float sum = 0f;
            for (int t = first; t < tokens; t++) {
                sum += x.get(x0 + (b * tokens + t) * columns + c);
            }
            out.set(out0 + i, sum / (tokens - first));
        }
    }

    /**
     * {@code dx[b,n,c] = n ≥ first ? dOut[b,c] / (tokens − first) : 0}; sizes: elements of dx, columns, tokens, first.
     */
    public static void meanTokensBackward(FloatArray dOut, FloatArray dx, IntArray places, IntArray sizes) {
        int dOut0 = places.get(sizes.get(0));
        int dx0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int tokens = sizes.get(4);
        int first = sizes.get(5);
        for (@Parallel int i = 0; i < n; i++) {
            int row = i / columns;
            int b = row / tokens;
            float value = 0f;
            if (row - b * tokens >= first) {
                value = dOut.get(dOut0 + b * columns + i - row * columns) / (tokens - first);
            }
            dx.set(dx0 + i, value);
        }
    }

    /**
     * {@code target[i·targetStride + j] = source[i·sourceStride + j]}, or added; sizes: elements, length of a block, strides of
     * source and target, whether to add.
     */
    public static void copyBlocks(FloatArray source, FloatArray target, IntArray places, IntArray sizes) {
        int source0 = places.get(sizes.get(0));
        int target0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int length = sizes.get(3);
        int sourceStride = sizes.get(4);
        int targetStride = sizes.get(5);
        int accumulate = sizes.get(6);
        for (@Parallel int e = 0; e < n; e++) {
            int i = e / length;
            int j = e - i * length;
            float value = source.get(source0 + i * sourceStride + j);
            if (accumulate != 0) {
                value = value + target.get(target0 + i * targetStride + j);
            }
            target.set(target0 + i * targetStride + j, value);
        }
    }

    /** {@code y[b,c,r] = x[b,r,c]}; sizes: elements, rows, columns. */
    public static void transposeLastAxes(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int rows = sizes.get(3);
        int columns = sizes.get(4);
        for (@Parallel int i = 0; i < n; i++) {
            int b = i / (rows * columns);
            int rest = i - b * rows * columns;
            int c = rest / rows;
            int r = rest - c * rows;
            y.set(y0 + i, x.get(x0 + b * rows * columns + r * columns + c));
        }
    }

    /** {@code index[r] = argmax_c x[r,c]}, the first of equals; sizes: rows, columns. */
    public static void argMaxOfRows(FloatArray x, IntArray index, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int index0 = places.get(sizes.get(0) + 1);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int r = 0; r < rows; r++) {
            int best = 0;
            float largest = x.get(x0 + r * columns);
            for (int c = 1; c < columns; c++) {
                float v = x.get(x0 + r * columns + c);
                if (v > largest) {
                    largest = v;
                    best = c;
                }
            }
            index.set(index0 + r, best);
        }
    }

    /** {@code y[r,c] = [c = index[r]]}; sizes: elements, columns. */
    public static void oneHotRows(IntArray index, FloatArray y, IntArray places, IntArray sizes) {
        int index0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int i = 0; i < n; i++) {
            int r = i / columns;
            float value = 0f;
            if (index.get(index0 + r) == i - r * columns) {
                value = 1f;
            }
            y.set(y0 + i, value);
        }
    }
}
