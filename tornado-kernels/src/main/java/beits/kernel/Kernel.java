package beits.kernel;

import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One computation on slots of memory. Sealed: a device is an exhaustive switch over the kernels and so can lack none.
 *
 * <p>Unless a kernel says otherwise its outputs may not overlap its inputs. A flag {@code accumulate} means that the result is
 * added to what the output holds. All reductions have a fixed order: the same inputs give the same bits on the same device,
 * whatever the number of threads.
 */
public sealed interface Kernel
        permits MatMul,
                ColumnSum,
                Attention,
                AttentionBackward,
                RelativePositionBias,
                RelativePositionBiasBackward,
                LayerNorm,
                LayerNormBackward,
                BatchNorm,
                BatchNormInference,
                BatchNormBackward,
                Unary,
                UnaryBackward,
                Binary,
                Scale,
                ScaleBy,
                Fill,
                AddRowVector,
                ScaledResidual,
                ScaledResidualBackward,
                Softmax,
                SoftmaxBackward,
                CrossEntropy,
                CrossEntropyBackward,
                SoftCrossEntropy,
                SoftCrossEntropyBackward,
                RegressionLoss,
                RegressionLossBackward,
                UniformKl,
                UniformKlBackward,
                GatherRows,
                ScatterRows,
                EmbedTokens,
                EmbedTokensBackward,
                MeanTokens,
                MeanTokensBackward,
                CopyBlocks,
                Transpose,
                ArgMaxRows,
                OneHot,
                ImageToColumns,
                ColumnsToImage,
                WindowProduct,
                MaxPool,
                MaxPoolBackward,
                AveragePool,
                AveragePoolBackward,
                UpsampleNearest,
                UpsampleNearestBackward,
                UpsampleBilinear,
                UpsampleBilinearBackward,
                GradientNorm,
                AdamW,
                MovingAverage {

    /** Slots whose values the result depends on, in a fixed order; an accumulated output is among them. */
    List<Slot> reads();

    /** Slots that are changed, in a fixed order. */
    List<Slot> writes();

    /** The same kernel with every slot replaced, inputs and outputs alike. */
    Kernel map(UnaryOperator<Slot> slots);

    /** Floating-point operations of one run; a multiplication and an addition count as two. */
    long flops();

    /** Bytes that have to move when every input is read and every output written once. */
    default long bytes() {
        long elements = 0;
        for (Slot slot : reads()) {
            elements += slot.size();
        }
        for (Slot slot : writes()) {
            elements += slot.size();
        }
        return elements * ElementType.BYTES;
    }

    /** Name in listings. */
    default String label() {
        return getClass().getSimpleName();
    }

    /** The slots that are there. */
    static List<Slot> slots(@Nullable Slot... slots) {
        List<Slot> present = new ArrayList<>(slots.length);
        for (@Nullable Slot slot : slots) {
            if (slot != null) {
                present.add(slot);
            }
        }
        return Collections.unmodifiableList(present);
    }

    /** Applies {@code map} to a slot that may be absent. */
    static @Nullable Slot mapped(@Nullable Slot slot, UnaryOperator<Slot> map) {
        return slot == null ? null : map.apply(slot);
    }

    /** Refuses a kernel whose operands do not fit together. */
    static void check(boolean holds, String kernel, @Nullable Object... operands) {
        if (!holds) {
            throw new IllegalArgumentException(kernel + ": operands do not fit: " + Arrays.toString(operands));
        }
    }
}
