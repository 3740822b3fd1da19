package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Relative position bias: a table spread over pairs of tokens, and the pairs gathered again. */
public final class RelativeBias {
    private RelativeBias() {}

    /**
     * {@code bias[h,i,j] = table[row(i,j),h]}; sizes: elements of the bias, tokens, heads, height and width of the grid.
     */
    public static void relativeBiasForward(FloatArray table, FloatArray bias, IntArray places, IntArray sizes) {
        int table0 = places.get(sizes.get(0));
        int bias0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int tokens = sizes.get(3);
        int heads = sizes.get(4);
        int height = sizes.get(5);
        int width = sizes.get(6);
        int rows = (2 * height - 1) * (2 * width - 1) + 3;
        for (@Parallel int e = 0; e < n; e++) {
            int j = e % tokens;
            int i = e / tokens % tokens;
            int h = e / tokens / tokens;
            int row;
            if (i == 0) {
                row = j == 0 ? rows - 1 : rows - 3;
            } else if (j == 0) {
                row = rows - 2;
            } else {
                int dy = (i - 1) / width - (j - 1) / width;
                int dx = (i - 1) % width - (j - 1) % width;
                row = (dy + height - 1) * (2 * width - 1) + dx + width - 1;
            }
            bias.set(bias0 + e, table.get(table0 + row * heads + h));
        }
    }

    /**
     * {@code dTable[r,h] = Σ dBias[h,i,j]} over the pairs with row(i,j) = r, added to what it holds when asked; sizes: elements of
     * the table, tokens, heads, height and width of the grid, whether to add.
     */
    public static void relativeBiasBackward(FloatArray dBias, FloatArray dTable, IntArray places, IntArray sizes) {
        int dBias0 = places.get(sizes.get(0));
        int dTable0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int tokens = sizes.get(3);
        int heads = sizes.get(4);
        int height = sizes.get(5);
        int width = sizes.get(6);
        int accumulate = sizes.get(7);
        int rows = (2 * height - 1) * (2 * width - 1) + 3;
        for (@Parallel int e = 0; e < n; e++) {
            int row = e / heads;
            int base = dBias0 + (e - row * heads) * tokens * tokens;
            float sum = 0f;
            if (row == rows - 1) {
                sum = dBias.get(base);
            } else if (row == rows - 2) {
                for (int i = 1; i < tokens; i++) {
                    sum += dBias.get(base + i * tokens);
                }
            } else if (row == rows - 3) {
                for (int j = 1; j < tokens; j++) {
                    sum += dBias.get(base + j);
                }
            } else {
                int dy = row / (2 * width - 1) - height + 1;
                int dx = row % (2 * width - 1) - width + 1;
                for (int y = TornadoMath.max(dy, 0); y < TornadoMath.min(height, height + dy); y++) {
                    for (int x = TornadoMath.max(dx, 0); x < TornadoMath.min(width, width + dx); x++) {
                        int i = y * width + x + 1;
                        int j = (y - dy) * width + x - dx + 1;
                        sum += dBias.get(base + i * tokens + j);
                    }
                }
            }
            if (accumulate != 0) {
                sum = sum + dTable.get(dTable0 + e);
            }
            dTable.set(dTable0 + e, sum);
        }
    }
}
