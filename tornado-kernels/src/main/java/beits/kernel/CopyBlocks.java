package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Copies equally spaced blocks: slices and concatenations.
 *
 * <pre>  target[targetFirst + i·targetStride + j] = source[sourceFirst + i·sourceStride + j]   for i &lt; blocks, j &lt; length</pre>
 *
 * Offsets and strides count elements from the start of the slots. What the blocks do not cover keeps its value.
 *
 * @param source any shape
 * @param sourceFirst where the first block begins
 * @param sourceStride from one block to the next
 * @param target any shape
 * @param targetFirst where the first block goes
 * @param targetStride from one block to the next
 * @param blocks number of blocks
 * @param length elements of a block
 * @param accumulate whether to add instead of to overwrite
 */
public record CopyBlocks(
        Slot source,
        long sourceFirst,
        long sourceStride,
        Slot target,
        long targetFirst,
        long targetStride,
        int blocks,
        int length,
        boolean accumulate)
        implements Kernel {
    public CopyBlocks {
        Kernel.check(
                blocks == 0
                        || (sourceFirst + (blocks - 1) * sourceStride + length <= source.size()
                                && targetFirst + (blocks - 1) * targetStride + length <= target.size()),
                "CopyBlocks",
                source,
                target);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(source, accumulate || length * (long) blocks < target.size() ? target : null);
    }

    @Override
    public List<Slot> writes() {
        return List.of(target);
    }

    @Override
    public CopyBlocks map(UnaryOperator<Slot> slots) {
        return new CopyBlocks(
                slots.apply(source),
                sourceFirst,
                sourceStride,
                slots.apply(target),
                targetFirst,
                targetStride,
                blocks,
                length,
                accumulate);
    }

    @Override
    public long flops() {
        return accumulate ? (long) blocks * length : 0;
    }

    @Override
    public long bytes() {
        return (accumulate ? 3L : 2L) * blocks * length * 4;
    }
}
