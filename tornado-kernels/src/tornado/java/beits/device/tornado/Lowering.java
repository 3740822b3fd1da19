package beits.device.tornado;

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
import java.util.List;

/** Turns each kernel of a program into the tasks that compute it. */
final class Lowering {
    private final Form form;
    private long scratch;

    Lowering(Form form) {
        this.form = form;
    }

    /** Elements of scratch that the kernels lowered so far need at most. */
    long scratch() {
        return scratch;
    }

    /** The tasks of a kernel, in order. */
    List<KernelTask> tasks(Kernel kernel) {
        Scratch room = new Scratch();
        List<KernelTask> tasks = tasks(kernel, room);
        scratch = Math.max(scratch, room.size());
        return tasks;
    }

    private List<KernelTask> tasks(Kernel kernel, Scratch room) {
        return switch (kernel) {
            case MatMul k -> AttentionTasks.matMul(k, form, room);
            case Attention k -> AttentionTasks.forward(k, form, room);
            case AttentionBackward k -> AttentionTasks.backward(k, form, room);
            case RelativePositionBias k -> AttentionTasks.relativeBias(k);
            case RelativePositionBiasBackward k -> AttentionTasks.relativeBiasBackward(k);
            case ColumnSum k -> NormTasks.columnSum(k, form, room);
            case LayerNorm k -> NormTasks.layerNorm(k, form);
            case LayerNormBackward k -> NormTasks.layerNormBackward(k, form, room);
            case BatchNorm k -> NormTasks.batchNorm(k, form, room);
            case BatchNormInference k -> NormTasks.batchNormInference(k, form);
            case BatchNormBackward k -> NormTasks.batchNormBackward(k, form, room);
            case ScaledResidual k -> ElementTasks.residual(k, form);
            case ScaledResidualBackward k -> NormTasks.residualBackward(k, form, room);
            case Unary k -> ElementTasks.unary(k, form);
            case UnaryBackward k -> ElementTasks.unaryBackward(k, form);
            case Binary k -> ElementTasks.binary(k);
            case Scale k -> ElementTasks.scale(k);
            case ScaleBy k -> ElementTasks.scaleBy(k);
            case Fill k -> ElementTasks.fill(k.out(), k.value());
            case AddRowVector k -> ElementTasks.addRowVector(k);
            case Softmax k ->
                List.of(form.softmax(
                        k.x().shape().rows(), k.x().shape().columns(), Operand.of(k.x()), Operand.of(k.y())));
            case SoftmaxBackward k ->
                List.of(form.softmaxBackward(
                        k.y().shape().rows(),
                        k.y().shape().columns(),
                        Operand.of(k.y()),
                        Operand.of(k.dy()),
                        Operand.of(k.dx())));
            case CrossEntropy k -> LossTasks.crossEntropy(k, form, room);
            case CrossEntropyBackward k -> LossTasks.crossEntropyBackward(k, form);
            case SoftCrossEntropy k -> LossTasks.softCrossEntropy(k, form, room);
            case SoftCrossEntropyBackward k -> LossTasks.softCrossEntropyBackward(k, form);
            case RegressionLoss k -> LossTasks.regression(k, room);
            case RegressionLossBackward k -> LossTasks.regressionBackward(k);
            case UniformKl k -> LossTasks.uniformKl(k, room);
            case UniformKlBackward k -> LossTasks.uniformKlBackward(k);
            case GatherRows k -> TokenTasks.gather(k);
            case ScatterRows k -> TokenTasks.scatter(k);
            case EmbedTokens k -> TokenTasks.embed(k);
            case EmbedTokensBackward k -> TokenTasks.embedBackward(k);
            case MeanTokens k -> TokenTasks.mean(k);
            case MeanTokensBackward k -> TokenTasks.meanBackward(k);
            case CopyBlocks k -> TokenTasks.copyBlocks(k);
            case Transpose k -> TokenTasks.transpose(k);
            case ArgMaxRows k -> TokenTasks.argMax(k);
            case OneHot k -> TokenTasks.oneHot(k);
            case ImageToColumns k -> PictureTasks.unfold(k);
            case ColumnsToImage k -> PictureTasks.fold(k);
            case WindowProduct k -> parts(k, room);
            case MaxPool k -> PictureTasks.maxPool(k);
            case MaxPoolBackward k -> PictureTasks.maxPoolBackward(k);
            case AveragePool k -> PictureTasks.averagePool(k);
            case AveragePoolBackward k -> PictureTasks.averagePoolBackward(k);
            case UpsampleNearest k -> PictureTasks.nearest(k);
            case UpsampleNearestBackward k -> PictureTasks.nearestBackward(k);
            case UpsampleBilinear k -> PictureTasks.bilinear(k);
            case UpsampleBilinearBackward k -> PictureTasks.bilinearBackward(k);
            case GradientNorm k -> LossTasks.gradientNorm(k, form, room);
            case AdamW k -> OptimiserTasks.adamW(k, form);
            case MovingAverage k -> OptimiserTasks.movingAverage(k);
        };
    }

    private List<KernelTask> parts(WindowProduct product, Scratch room) {
        room.take(product.columns().end());
        return product.parts().stream()
                .flatMap(part -> tasks(part, room).stream())
                .toList();
    }
}
