package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Batches of matrix products in tiles of local memory, for devices of GPU type. */
public final class GroupProducts {
    /** Work-items of a group along each axis. */
    public static final int SIDE = 16;

    /** Rows and columns of a tile: each work-item computes a square of two by two, {@link #SIDE} apart. */
    public static final int TILE = 2 * SIDE;

    private static final int LOCAL = TILE * SIDE;

    private GroupProducts() {}

    /**
     * {@code c[z][i,j] = alpha · Σ_p op(a[z])[i,p] · op(b[z])[p,j] (+ bias[j])}. The first axis of the grid runs over columns, the
     * second over rows and matrices. Operands: a, b, bias, c; sizes: see {@link Products}; constants: alpha.
     */
    public static void productOfTiles(
            KernelContext context,
            FloatArray a,
            FloatArray b,
            FloatArray bias,
            FloatArray c,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        float[] tileA = context.allocateFloatLocalArray(LOCAL);
        float[] tileB = context.allocateFloatLocalArray(LOCAL);
        int at = sizes.get(0);
        int m = sizes.get(Products.M);
        int n = sizes.get(Products.N);
        int k = sizes.get(Products.K);
        int inner = sizes.get(Products.INNER);
        int transposes = sizes.get(Products.TRANSPOSES);
        int column = context.localIdx;
        int row = context.localIdy;
        int tileRows = (m + TILE - 1) / TILE;
        int z = context.groupIdy / tileRows;
        int zo = z / inner;
        int zi = z - zo * inner;
        int i0 = (context.groupIdy - z * tileRows) * TILE;
        int j0 = context.groupIdx * TILE;
        int a0 = places.get(at) + zo * sizes.get(Products.A_OUTER) + zi * sizes.get(Products.A_INNER);
        int b0 = places.get(at + 1) + zo * sizes.get(Products.B_OUTER) + zi * sizes.get(Products.B_INNER);
        int c0 = places.get(at + 3) + zo * sizes.get(Products.C_OUTER) + zi * sizes.get(Products.C_INNER);
        int aRow = sizes.get(Products.LDA);
        int aStep = 1;
        if (transposes % 2 == 1) {
            aStep = aRow;
            aRow = 1;
        }
        int bStep = sizes.get(Products.LDB);
        int bColumn = 1;
        if (transposes > 1) {
            bColumn = bStep;
            bStep = 1;
        }
        float s00 = 0f;
        float s01 = 0f;
        float s10 = 0f;
        float s11 = 0f;
        int steps = (k + SIDE - 1) / SIDE;
        for (int step = 0; step < steps; step++) {
            int p = step * SIDE;
            float upperA = 0f;
            float lowerA = 0f;
            float leftB = 0f;
            float rightB = 0f;
            if (p + column < k) {
                if (i0 + row < m) {
                    upperA = a.get(a0 + (i0 + row) * aRow + (p + column) * aStep);
                }
                if (i0 + row + SIDE < m) {
                    lowerA = a.get(a0 + (i0 + row + SIDE) * aRow + (p + column) * aStep);
                }
            }
            if (p + row < k) {
                if (j0 + column < n) {
                    leftB = b.get(b0 + (p + row) * bStep + (j0 + column) * bColumn);
                }
                if (j0 + column + SIDE < n) {
                    rightB = b.get(b0 + (p + row) * bStep + (j0 + column + SIDE) * bColumn);
                }
            }
            tileA[row * SIDE + column] = upperA;
            tileA[(row + SIDE) * SIDE + column] = lowerA;
            tileB[row * TILE + column] = leftB;
            tileB[row * TILE + column + SIDE] = rightB;
            context.localBarrier();
            for (int q = 0; q < SIDE; q++) {
                float upper = tileA[row * SIDE + q];
                float lower = tileA[(row + SIDE) * SIDE + q];
                float left = tileB[q * TILE + column];
                float right = tileB[q * TILE + column + SIDE];
                s00 += upper * left;
                s01 += upper * right;
                s10 += lower * left;
                s11 += lower * right;
            }
            context.localBarrier();
        }
        float alpha = constants.get(sizes.get(1));
        float leftBias = 0f;
        float rightBias = 0f;
        if (sizes.get(Products.BIAS) != 0) {
            int bias0 = places.get(at + 2);
            if (j0 + column < n) {
                leftBias = bias.get(bias0 + j0 + column);
            }
            if (j0 + column + SIDE < n) {
                rightBias = bias.get(bias0 + j0 + column + SIDE);
            }
        }
        int upperC = c0 + (i0 + row) * sizes.get(Products.LDC) + j0 + column;
        int lowerC = upperC + SIDE * sizes.get(Products.LDC);
        if (i0 + row < m) {
            if (j0 + column < n) {
                c.set(upperC, alpha * s00 + leftBias);
            }
            if (j0 + column + SIDE < n) {
                c.set(upperC + SIDE, alpha * s01 + rightBias);
            }
        }
        if (i0 + row + SIDE < m) {
            if (j0 + column < n) {
                c.set(lowerC, alpha * s10 + leftBias);
            }
            if (j0 + column + SIDE < n) {
                c.set(lowerC + SIDE, alpha * s11 + rightBias);
            }
        }
    }
}
