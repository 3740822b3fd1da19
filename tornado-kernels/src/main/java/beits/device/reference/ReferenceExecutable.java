package beits.device.reference;

import beits.device.Executable;
import beits.device.KernelListener;
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
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Slot;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the kernels of a program one after another. */
final class ReferenceExecutable implements Executable {
    private final List<Program> programs;
    private @Nullable Memory memory;

    ReferenceExecutable(List<Program> programs) {
        this.programs = List.copyOf(programs);
        this.memory = new Memory(programs);
    }

    @Override
    public void run(Program program) {
        run(program, (section, kernel, nanoseconds) -> {});
    }

    @Override
    public void run(Program program, KernelListener listener) {
        if (programs.stream().noneMatch(compiled -> compiled == program)) {
            throw new IllegalArgumentException(program + " is not among the compiled programs " + programs);
        }
        Memory open = open();
        for (Section section : program.sections()) {
            for (Kernel kernel : section.kernels()) {
                long start = System.nanoTime();
                run(kernel, open);
                listener.ran(section, kernel, System.nanoTime() - start);
            }
        }
    }

    private static void run(Kernel kernel, Memory m) {
        switch (kernel) {
            case MatMul k -> LinearAlgebra.matMul(k, m);
            case ColumnSum k -> LinearAlgebra.columnSum(k, m);
            case AddRowVector k -> LinearAlgebra.addRowVector(k, m);
            case Transpose k -> LinearAlgebra.transpose(k, m);
            case Attention k -> SelfAttention.attention(k, m);
            case AttentionBackward k -> SelfAttention.attentionBackward(k, m);
            case RelativePositionBias k -> SelfAttention.relativePositionBias(k, m);
            case RelativePositionBiasBackward k -> SelfAttention.relativePositionBiasBackward(k, m);
            case LayerNorm k -> Normalisation.layerNorm(k, m);
            case LayerNormBackward k -> Normalisation.layerNormBackward(k, m);
            case BatchNorm k -> Normalisation.batchNorm(k, m);
            case BatchNormInference k -> Normalisation.batchNormInference(k, m);
            case BatchNormBackward k -> Normalisation.batchNormBackward(k, m);
            case Unary k -> Elementwise.unary(k, m);
            case UnaryBackward k -> Elementwise.unaryBackward(k, m);
            case Binary k -> Elementwise.binary(k, m);
            case Scale k -> Elementwise.scale(k, m);
            case ScaleBy k -> Elementwise.scaleBy(k, m);
            case Fill k -> Elementwise.fill(k, m);
            case ScaledResidual k -> Elementwise.scaledResidual(k, m);
            case ScaledResidualBackward k -> Elementwise.scaledResidualBackward(k, m);
            case Softmax k -> Losses.softmax(k, m);
            case SoftmaxBackward k -> Losses.softmaxBackward(k, m);
            case CrossEntropy k -> Losses.crossEntropy(k, m);
            case CrossEntropyBackward k -> Losses.crossEntropyBackward(k, m);
            case SoftCrossEntropy k -> Losses.softCrossEntropy(k, m);
            case SoftCrossEntropyBackward k -> Losses.softCrossEntropyBackward(k, m);
            case RegressionLoss k -> Losses.regressionLoss(k, m);
            case RegressionLossBackward k -> Losses.regressionLossBackward(k, m);
            case UniformKl k -> Losses.uniformKl(k, m);
            case UniformKlBackward k -> Losses.uniformKlBackward(k, m);
            case GatherRows k -> Tokens.gatherRows(k, m);
            case ScatterRows k -> Tokens.scatterRows(k, m);
            case EmbedTokens k -> Tokens.embedTokens(k, m);
            case EmbedTokensBackward k -> Tokens.embedTokensBackward(k, m);
            case MeanTokens k -> Tokens.meanTokens(k, m);
            case MeanTokensBackward k -> Tokens.meanTokensBackward(k, m);
            case CopyBlocks k -> Tokens.copyBlocks(k, m);
            case ArgMaxRows k -> Tokens.argMaxRows(k, m);
            case OneHot k -> Tokens.oneHot(k, m);
            case ImageToColumns k -> Spatial.imageToColumns(k, m);
            case ColumnsToImage k -> Spatial.columnsToImage(k, m);
            case WindowProduct k -> k.parts().forEach(part -> run(part, m));
            case MaxPool k -> Spatial.maxPool(k, m);
            case MaxPoolBackward k -> Spatial.maxPoolBackward(k, m);
            case AveragePool k -> Spatial.averagePool(k, m);
            case AveragePoolBackward k -> Spatial.averagePoolBackward(k, m);
            case UpsampleNearest k -> Upsampling.upsampleNearest(k, m);
            case UpsampleNearestBackward k -> Upsampling.upsampleNearestBackward(k, m);
            case UpsampleBilinear k -> Upsampling.upsampleBilinear(k, m);
            case UpsampleBilinearBackward k -> Upsampling.upsampleBilinearBackward(k, m);
            case GradientNorm k -> Optimiser.gradientNorm(k, m);
            case AdamW k -> Optimiser.adamW(k, m);
            case MovingAverage k -> Optimiser.movingAverage(k, m);
        }
    }

    @Override
    public void write(Slot slot, float[] values) {
        requireSize(slot, values.length);
        Doubles target = open().floats(slot);
        for (int i = 0; i < values.length; i++) {
            target.set(i, values[i]);
        }
    }

    @Override
    public void write(Slot slot, double[] values) {
        requireSize(slot, values.length);
        Doubles target = open().floats(slot);
        System.arraycopy(values, 0, target.arena(), target.first(), values.length);
    }

    @Override
    public void write(Slot slot, int[] values) {
        requireSize(slot, values.length);
        Ints target = open().ints(slot);
        System.arraycopy(values, 0, target.arena(), target.first(), values.length);
    }

    @Override
    public float[] readFloats(Slot slot) {
        Doubles source = open().floats(slot);
        float[] values = new float[source.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) source.get(i);
        }
        return values;
    }

    @Override
    public double[] readDoubles(Slot slot) {
        Doubles source = open().floats(slot);
        return Arrays.copyOfRange(source.arena(), source.first(), source.first() + source.size());
    }

    @Override
    public int[] readInts(Slot slot) {
        Ints source = open().ints(slot);
        return Arrays.copyOfRange(source.arena(), source.first(), source.first() + source.size());
    }

    @Override
    public long memory() {
        return open().bytes();
    }

    @Override
    public void close() {
        memory = null;
    }

    private Memory open() {
        Memory open = memory;
        if (open == null) {
            throw new IllegalStateException("this executable is closed");
        }
        return open;
    }

    private static void requireSize(Slot slot, int length) {
        if (slot.size() != length) {
            throw new IllegalArgumentException("%s takes %d values, not %d".formatted(slot, slot.size(), length));
        }
    }
}
