package beits.device.tornado;

import java.util.List;

/** The kernels that are written twice: once for devices of CPU type, once for devices of GPU type. */
sealed interface Form permits VectorForm, WorkgroupForm {
    /**
     * A batch of matrix products; {@link beits.device.tornado.kernel.Products} says how the kernels read it.
     *
     * @param m rows of the results
     * @param n columns of the results
     * @param k length of the sums
     * @param transposeA whether the left factors are stored transposed
     * @param transposeB whether the right factors are
     * @param a from row to row, and from matrix to matrix along the outer and the inner axis of the batch
     * @param b as {@code a}
     * @param c as {@code a}
     * @param outer outer extent of the batch
     * @param inner inner extent of the batch
     * @param alpha factor of the products
     * @param bias whether a bias is added to each row
     */
    record Product(
            int m,
            int n,
            int k,
            boolean transposeA,
            boolean transposeB,
            Strides a,
            Strides b,
            Strides c,
            int outer,
            int inner,
            double alpha,
            boolean bias) {
        /** The sizes as the kernels read them. */
        int[] sizes() {
            return new int[] {
                m,
                n,
                k,
                a.row,
                b.row,
                c.row,
                outer,
                inner,
                a.outer,
                a.inner,
                b.outer,
                b.inner,
                c.outer,
                c.inner,
                bias ? 1 : 0,
                (transposeA ? 1 : 0) + (transposeB ? 2 : 0)
            };
        }

        /** Matrices of the batch. */
        long batch() {
            return (long) outer * inner;
        }
    }

    /** Elements from one row to the next, and from one matrix to the next along both axes of a batch. */
    record Strides(int row, int outer, int inner) {
        /** A single matrix. */
        static Strides of(int row) {
            return new Strides(row, 0, 0);
        }
    }

    /** {@code c = alpha · a · b}, plus the bias if the product has one; c is neither a nor b. */
    List<KernelTask> product(Product product, Operand a, Operand b, Operand c, Operand bias, Scratch room);

    /** {@code y = softmax(x)} row by row. */
    KernelTask softmax(int rows, int columns, Operand x, Operand y);

    /** {@code dx = y·(dy − Σ dy·y)} row by row. */
    KernelTask softmaxBackward(int rows, int columns, Operand y, Operand dy, Operand dx);

    /** Softmax in place of attention scores with the bias added; {@code biasRows} is 0 without one. */
    KernelTask attentionSoftmax(int rows, int columns, int biasRows, Operand scores, Operand bias);

    /** Layer normalisation. */
    KernelTask layerNorm(
            int rows,
            int columns,
            double epsilon,
            Operand x,
            Operand gamma,
            Operand beta,
            Operand y,
            Operand mean,
            Operand rstd);

    /** Gradient of the input of a layer normalisation. */
    KernelTask layerNormBackward(
            int rows,
            int columns,
            boolean accumulate,
            Operand x,
            Operand gamma,
            Operand mean,
            Operand rstd,
            Operand dy,
            Operand dx);

    /** Rows of a cross-entropy; {@code hasCount} tells whether {@code count} is there. */
    KernelTask crossEntropyRows(
            int rows,
            int columns,
            boolean hasCount,
            double smoothing,
            Operand logits,
            Operand labels,
            Operand count,
            Operand lse,
            Operand rowLoss,
            Operand rowHit);

    /** Rows of a cross-entropy against distributions. */
    KernelTask softCrossEntropyRows(
            int rows, int columns, Operand logits, Operand targets, Operand lse, Operand rowLoss, Operand rowHit);

    /** Whether element-wise kernels, column sums and AdamW take vectors, instead of one work-item an element. */
    boolean vectors();

    /** Grid of {@code rows} that one work-item each computes. */
    default Range rows(long rows) {
        return vectors() ? Range.single(rows) : Range.items(rows);
    }
}
