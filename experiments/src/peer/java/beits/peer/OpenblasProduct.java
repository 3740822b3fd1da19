package beits.peer;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.pytorch.global.torch.rand;
import static org.bytedeco.pytorch.global.torch.zeros;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;

/** A matrix product by OpenBLAS itself. */
final class OpenblasProduct implements Work {
    private final int transA;
    private final int transB;
    private final int m;
    private final int n;
    private final int k;
    private final Tensor[] operands;
    private final FloatPointer a;
    private final FloatPointer b;
    private final FloatPointer c;

    /** {@code transposes} is NN, NT or TN; sizes are m, n, k. */
    OpenblasProduct(String transposes, int[] sizes) {
        transA = transposes.charAt(0) == 'T' ? CblasTrans : CblasNoTrans;
        transB = transposes.charAt(1) == 'T' ? CblasTrans : CblasNoTrans;
        m = sizes[0];
        n = sizes[1];
        k = sizes[2];
        operands = new Tensor[] {rand(m, k), rand(k, n), zeros(m, n)};
        a = operands[0].data_ptr_float();
        b = operands[1].data_ptr_float();
        c = operands[2].data_ptr_float();
    }

    @Override
    public void run() {
        int lda = transA == CblasTrans ? m : k;
        int ldb = transB == CblasTrans ? k : n;
        cblas_sgemm(CblasRowMajor, transA, transB, m, n, k, 1, a, lda, b, ldb, 0, c, n);
    }
}
