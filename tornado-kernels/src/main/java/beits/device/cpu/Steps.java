package beits.device.cpu;

import beits.kernel.AdamW;
import beits.kernel.AddRowVector;
import beits.kernel.ArgMaxRows;
import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.AveragePool;
import beits.kernel.AveragePoolBackward;
import beits.kernel.BatchNorm;
import beits.kernel.BatchNormBackward;
import beits.kernel.BatchNormInference;
import beits.kernel.Binary;
import beits.kernel.ColumnSum;
import beits.kernel.ColumnsToImage;
import beits.kernel.Convolution;
import beits.kernel.ConvolutionInputBackward;
import beits.kernel.ConvolutionWeightBackward;
import beits.kernel.CopyBlocks;
import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.EmbedTokens;
import beits.kernel.EmbedTokensBackward;
import beits.kernel.Fill;
import beits.kernel.GatherRows;
import beits.kernel.GradientNorm;
import beits.kernel.ImageToColumns;
import beits.kernel.Kernel;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import beits.kernel.MatMul;
import beits.kernel.MaxPool;
import beits.kernel.MaxPoolBackward;
import beits.kernel.MeanTokens;
import beits.kernel.MeanTokensBackward;
import beits.kernel.MovingAverage;
import beits.kernel.OneHot;
import beits.kernel.RegressionLoss;
import beits.kernel.RegressionLossBackward;
import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import beits.kernel.Scale;
import beits.kernel.ScaleBy;
import beits.kernel.ScaledResidual;
import beits.kernel.ScaledResidualBackward;
import beits.kernel.ScatterRows;
import beits.kernel.SoftCrossEntropy;
import beits.kernel.SoftCrossEntropyBackward;
import beits.kernel.Softmax;
import beits.kernel.SoftmaxBackward;
import beits.kernel.Transpose;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UniformKl;
import beits.kernel.UniformKlBackward;
import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleBilinearBackward;
import beits.kernel.UpsampleNearest;
import beits.kernel.UpsampleNearestBackward;
import beits.kernel.WindowProduct;

/** Binds kernels to memory and scratch. */
final class Steps {
    private static final MicroKernel TILE = MicroKernel.of(Lanes.SPECIES);

    private final Memory memory;
    private final Scratch scratch;

    Steps(Memory memory, Scratch scratch) {
        this.memory = memory;
        this.scratch = scratch;
    }

    /**
     * Whether a product is done by unfolding. Products without it store their results channels last only, and nobody trains what
     * makes pictures of separate channels.
     */
    static boolean unfolds(WindowProduct product) {
        return product instanceof ConvolutionInputBackward && product.channelsFirst();
    }

    /** The step that runs a kernel. */
    Step bind(Kernel kernel) {
        return switch (kernel) {
            case MatMul k when SplitSumProduct.fits(k) -> new SplitSumProduct(k, memory, scratch, TILE);
            case MatMul k -> new MatrixProduct(k, memory, scratch, TILE);
            case ColumnSum k -> ColumnSums.step(k, memory, scratch);
            case Attention k -> new AttentionForward(k, memory, scratch, TILE);
            case AttentionBackward k -> new AttentionGradient(k, memory, scratch, TILE);
            case RelativePositionBias k -> RelativeBias.forward(k, memory);
            case RelativePositionBiasBackward k -> RelativeBias.backward(k, memory);
            case LayerNorm k -> LayerNormRows.forward(k, memory);
            case LayerNormBackward k -> LayerNormRows.backward(k, memory, scratch);
            case BatchNorm k -> BatchNormColumns.forward(k, memory, scratch);
            case BatchNormInference k -> BatchNormColumns.inference(k, memory);
            case BatchNormBackward k -> BatchNormColumns.backward(k, memory, scratch);
            case Unary k -> Elementwise.unary(k.function(), memory.of(k.x()), memory.of(k.y()), k.x().size());
            case UnaryBackward k ->
                Elementwise.unaryBackward(
                        k.function(), memory.of(k.x()), memory.of(k.dy()), memory.of(k.dx()), k.x().size(), scratch);
            case Binary k ->
                Elementwise.binary(k.operation(), memory.of(k.a()), memory.of(k.b()), memory.of(k.out()), k.a().size());
            case Scale k -> Elementwise.scale(memory.of(k.x()), memory.of(k.y()), (float) k.factor(), k.x().size());
            case ScaleBy k ->
                Elementwise.scaleBy(memory.of(k.x()), memory.of(k.factor()), memory.of(k.y()), k.x().size());
            case Fill k ->
                Elementwise.fill(memory.of(k.out()), (float) k.value(), k.out().size());
            case AddRowVector k ->
                Elementwise.addRowVector(
                        memory.of(k.x()),
                        memory.of(k.vector()),
                        memory.of(k.y()),
                        k.x().shape().rows(),
                        k.x().shape().columns());
            case ScaledResidual k -> Residuals.forward(k, memory);
            case ScaledResidualBackward k -> Residuals.backward(k, memory, scratch);
            case Softmax k ->
                SoftmaxRows.forward(
                        memory.of(k.x()),
                        memory.of(k.y()),
                        k.x().shape().rows(),
                        k.x().shape().columns());
            case SoftmaxBackward k ->
                SoftmaxRows.backward(
                        memory.of(k.y()),
                        memory.of(k.dy()),
                        memory.of(k.dx()),
                        k.y().shape().rows(),
                        k.y().shape().columns());
            case CrossEntropy k -> CrossEntropyRows.forward(k, memory);
            case CrossEntropyBackward k -> CrossEntropyRows.backward(k, memory);
            case SoftCrossEntropy k -> CrossEntropyRows.soft(k, memory);
            case SoftCrossEntropyBackward k -> CrossEntropyRows.softBackward(k, memory);
            case RegressionLoss k -> FlatSums.regression(k, memory);
            case RegressionLossBackward k -> FlatSums.regressionBackward(k, memory);
            case UniformKl k -> FlatSums.uniformKl(k, memory);
            case UniformKlBackward k -> FlatSums.uniformKlBackward(k, memory);
            case GatherRows k -> Rows.gather(k, memory);
            case ScatterRows k -> Rows.scatter(k, memory);
            case EmbedTokens k -> TokenRows.embed(k, memory);
            case EmbedTokensBackward k -> TokenRows.embedBackward(k, memory, scratch);
            case MeanTokens k -> TokenRows.mean(k, memory, scratch);
            case MeanTokensBackward k -> TokenRows.meanBackward(k, memory);
            case CopyBlocks k -> Rows.copyBlocks(k, memory);
            case Transpose k -> Rows.transpose(k, memory);
            case ArgMaxRows k -> Rows.argMax(k, memory);
            case OneHot k -> Rows.oneHot(k, memory);
            case ImageToColumns k -> Unfolding.unfold(k, memory, scratch);
            case ColumnsToImage k -> Unfolding.fold(k, memory, scratch);
            case Convolution k -> Convolutions.forward(k, memory, scratch, TILE);
            case ConvolutionInputBackward k ->
                unfolds(k)
                        ? Step.sequence(k.parts().stream().map(this::bind).toArray(Step[]::new))
                        : Convolutions.inputBackward(k, memory, scratch, TILE);
            case ConvolutionWeightBackward k ->
                WinogradWeights.suits(k)
                        ? new WinogradWeights(k, memory, scratch, TILE)
                        : new ConvolutionWeights(k, memory, scratch, TILE);
            case MaxPool k -> Pooling.max(k, memory);
            case MaxPoolBackward k -> Pooling.maxBackward(k, memory);
            case AveragePool k -> Pooling.average(k, memory, scratch);
            case AveragePoolBackward k -> Pooling.averageBackward(k, memory);
            case UpsampleNearest k -> Upsampling.nearest(k, memory);
            case UpsampleNearestBackward k -> Upsampling.nearestBackward(k, memory);
            case UpsampleBilinear k -> Upsampling.bilinear(k, memory);
            case UpsampleBilinearBackward k -> Upsampling.bilinearBackward(k, memory);
            case GradientNorm k -> FlatSums.norm(k, memory);
            case AdamW k -> Optimiser.adamW(k, memory);
            case MovingAverage k -> Optimiser.movingAverage(k, memory);
        };
    }
}
