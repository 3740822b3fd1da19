package beits.autograd;

import beits.kernel.ArgMaxRows;
import beits.kernel.CopyBlocks;
import beits.kernel.EmbedTokens;
import beits.kernel.EmbedTokensBackward;
import beits.kernel.Fill;
import beits.kernel.GatherRows;
import beits.kernel.MeanTokens;
import beits.kernel.MeanTokensBackward;
import beits.kernel.OneHot;
import beits.kernel.ScatterRows;
import beits.kernel.Transpose;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/** Operations on sequences of tokens and on rows. */
public final class Tokens {
    private Tokens() {}

    /**
     * The sequence of a picture: masked patches replaced, class token in front, positions added; formulas in {@link EmbedTokens}.
     *
     * @param patches [batch, patches, width]
     * @param mask integers [batch, patches], or none
     * @param maskToken [width]; used exactly when there is a mask
     * @param classToken [width]
     * @param positions [patches + 1, width], or none
     * @return [batch, patches + 1, width]
     */
    public static Tensor embed(
            Tensor patches,
            @Nullable Slot mask,
            @Nullable Tensor maskToken,
            Tensor classToken,
            @Nullable Tensor positions) {
        Graph graph = patches.graph();
        int batch = patches.shape().extent(0);
        int count = patches.shape().extent(1);
        int width = patches.shape().extent(2);
        @Nullable Tensor hidden = mask == null ? null : maskToken;
        Slot out = graph.allocate(batch, count + 1, width);
        graph.emit(new EmbedTokens(
                patches.slot(),
                mask,
                hidden == null ? null : hidden.slot(),
                classToken.slot(),
                positions == null ? null : positions.slot(),
                out));
        Tensor result = graph.result(out, true);
        graph.record(result, (gradients, dOut) -> {
            Slot dPatches = gradients.fresh(patches);
            Gradients.@Nullable Destination dMask = hidden == null ? null : gradients.into(hidden);
            Gradients.Destination dClass = gradients.into(classToken);
            Gradients.@Nullable Destination dPositions = positions == null ? null : gradients.into(positions);
            graph.emit(new EmbedTokensBackward(
                    dOut,
                    mask,
                    dPatches,
                    dMask == null ? null : dMask.slot(),
                    dClass.slot(),
                    dPositions == null ? null : dPositions.slot(),
                    dClass.accumulate()));
            gradients.pass(patches, dPatches);
        });
        return result;
    }

    /**
     * Picks rows; formulas in {@link GatherRows} and {@link ScatterRows}.
     *
     * @param x [..., columns], read as rows
     * @param index integers [picks]; distinct within the count
     * @param count integer [1], rows in use, or none for all
     * @return [picks, columns]
     */
    public static Tensor gather(Tensor x, Slot index, @Nullable Slot count) {
        Graph graph = x.graph();
        Slot out = graph.allocate(Math.toIntExact(index.size()), x.shape().columns());
        graph.emit(new GatherRows(x.slot(), index, count, out));
        Tensor result = graph.result(out, x.differentiable());
        graph.record(result, (gradients, dOut) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new ScatterRows(dOut, index, count, dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** Mean of the tokens from {@code first} on: [batch, tokens, width] to [batch, width]. */
    public static Tensor mean(Tensor x, int first) {
        Graph graph = x.graph();
        Slot out = graph.allocate(x.shape().extent(0), x.shape().extent(2));
        graph.emit(new MeanTokens(x.slot(), first, out));
        Tensor result = graph.result(out, x.differentiable());
        graph.record(result, (gradients, dOut) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new MeanTokensBackward(dOut, first, dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** A range of the tokens of every picture: [batch, tokens, width] to [batch, count, width]. */
    public static Tensor slice(Tensor x, int first, int count) {
        Graph graph = x.graph();
        int batch = x.shape().extent(0);
        int width = x.shape().extent(2);
        long stride = (long) x.shape().extent(1) * width;
        Slot out = graph.allocate(batch, count, width);
        int length = count * width;
        graph.emit(new CopyBlocks(x.slot(), (long) first * width, stride, out, 0, length, batch, length, false));
        Tensor result = graph.result(out, x.differentiable());
        graph.record(result, (gradients, dOut) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new Fill(dx, 0));
            graph.emit(new CopyBlocks(dOut, 0, length, dx, (long) first * width, stride, batch, length, false));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** Tensors side by side along the last axis; all other extents are equal. */
    public static Tensor concatenate(Tensor... parts) {
        Graph graph = parts[0].graph();
        int rows = parts[0].shape().rows();
        int columns = 0;
        boolean differentiable = false;
        for (Tensor part : parts) {
            columns += part.shape().columns();
            differentiable |= part.differentiable();
        }
        int[] extents = parts[0].shape().extents();
        extents[extents.length - 1] = columns;
        Slot out = graph.allocate(extents);
        int total = columns;
        int first = 0;
        for (Tensor part : parts) {
            int own = part.shape().columns();
            graph.emit(new CopyBlocks(part.slot(), 0, own, out, first, total, rows, own, false));
            first += own;
        }
        Tensor result = graph.result(out, differentiable);
        graph.record(result, (gradients, dOut) -> {
            int begin = 0;
            for (Tensor part : parts) {
                int own = part.shape().columns();
                if (gradients.wanted(part)) {
                    Gradients.Destination d = gradients.into(part);
                    graph.emit(new CopyBlocks(dOut, begin, total, d.slot(), 0, own, rows, own, d.accumulate()));
                }
                begin += own;
            }
        });
        return result;
    }

    /**
     * The bias of the fused qkv layer: {@code [qBias, 0, vBias]}; keys have none (official {@code Attention.forward}).
     *
     * @param qBias [width]
     * @param vBias [width]
     * @return [3·width]
     */
    public static Tensor queryValueBias(Tensor qBias, Tensor vBias) {
        Graph graph = qBias.graph();
        int width = Math.toIntExact(qBias.shape().size());
        Slot out = graph.allocate(3 * width);
        graph.emit(new Fill(out, 0));
        graph.emit(new CopyBlocks(qBias.slot(), 0, width, out, 0, width, 1, width, false));
        graph.emit(new CopyBlocks(vBias.slot(), 0, width, out, 2L * width, width, 1, width, false));
        Tensor result = graph.result(out, qBias.differentiable());
        graph.record(result, (gradients, dOut) -> {
            Gradients.Destination dq = gradients.into(qBias);
            graph.emit(new CopyBlocks(dOut, 0, width, dq.slot(), 0, width, 1, width, dq.accumulate()));
            Gradients.Destination dv = gradients.into(vBias);
            graph.emit(new CopyBlocks(dOut, 2L * width, width, dv.slot(), 0, width, 1, width, dv.accumulate()));
        });
        return result;
    }

    /** Exchanges the last two axes: [batch, rows, columns] to [batch, columns, rows]. */
    public static Tensor transpose(Tensor x) {
        Graph graph = x.graph();
        Slot y = graph.allocate(
                x.shape().extent(0), x.shape().extent(2), x.shape().extent(1));
        graph.emit(new Transpose(x.slot(), y));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new Transpose(dy, dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** Writes the position of the largest value of each row of {@code x} into {@code index}; no gradient. */
    public static void argMax(Tensor x, Slot index) {
        x.graph().emit(new ArgMaxRows(x.slot(), index));
    }

    /** Unit vectors [rows, columns] for integers [rows]; no gradient. */
    public static Tensor oneHot(Graph graph, Slot index, int columns) {
        Slot y = graph.allocate(Math.toIntExact(index.size()), columns);
        graph.emit(new OneHot(index, y));
        return graph.result(y, false);
    }
}
