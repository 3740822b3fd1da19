package beits.device.tornado;

import beits.device.tornado.kernel.TokenRows;
import beits.kernel.ArgMaxRows;
import beits.kernel.CopyBlocks;
import beits.kernel.EmbedTokens;
import beits.kernel.EmbedTokensBackward;
import beits.kernel.GatherRows;
import beits.kernel.MeanTokens;
import beits.kernel.MeanTokensBackward;
import beits.kernel.OneHot;
import beits.kernel.ScatterRows;
import beits.kernel.Transpose;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;

/** Rows picked, put together, averaged and copied. */
final class TokenTasks {
    private TokenTasks() {}

    static List<KernelTask> gather(GatherRows k) {
        int n = Math.toIntExact(k.out().size());
        return List.of(KernelTask.of(
                        "gatherForward",
                        Range.items(n),
                        List.of(Operand.of(k.x()), Operand.of(k.index()), Operand.of(k.count()), Operand.of(k.out())),
                        new int[] {
                            n,
                            k.out().shape().columns(),
                            k.out().shape().rows(),
                            k.x().shape().rows(),
                            k.count() == null ? 0 : 1
                        },
                        (g, id, t) -> g.task(
                                id,
                                TokenRows::gatherForward,
                                t.floats(0),
                                t.ints(1),
                                t.ints(2),
                                t.floats(3),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(Double.NaN));
    }

    static List<KernelTask> scatter(ScatterRows k) {
        int n = Math.toIntExact(k.dy().size());
        List<KernelTask> tasks = new ArrayList<>(ElementTasks.fill(k.dx(), 0));
        tasks.add(KernelTask.of(
                "gatherBackward",
                Range.items(n),
                List.of(Operand.of(k.dy()), Operand.of(k.index()), Operand.of(k.count()), Operand.of(k.dx())),
                new int[] {
                    n,
                    k.dy().shape().columns(),
                    k.dy().shape().rows(),
                    k.dx().shape().rows(),
                    k.count() == null ? 0 : 1
                },
                (g, id, t) -> g.task(
                        id,
                        TokenRows::gatherBackward,
                        t.floats(0),
                        t.ints(1),
                        t.ints(2),
                        t.floats(3),
                        t.places(),
                        t.sizes())));
        return tasks;
    }

    static List<KernelTask> embed(EmbedTokens k) {
        int n = Math.toIntExact(k.out().size());
        return List.of(KernelTask.of(
                "embedForward",
                Range.items(n),
                List.of(
                        Operand.of(k.patches()),
                        Operand.of(k.mask()),
                        Operand.of(k.maskToken()),
                        Operand.of(k.classToken()),
                        Operand.of(k.positions()),
                        Operand.of(k.out())),
                new int[] {
                    n,
                    k.out().shape().columns(),
                    k.out().shape().extent(1),
                    k.mask() == null ? 0 : 1,
                    k.positions() == null ? 0 : 1
                },
                (g, id, t) -> g.task(
                        id,
                        TokenRows::embedForward,
                        t.floats(0),
                        t.ints(1),
                        t.floats(2),
                        t.floats(3),
                        t.floats(4),
                        t.floats(5),
                        t.places(),
                        t.sizes())));
    }

    static List<KernelTask> embedBackward(EmbedTokensBackward k) {
        int n = Math.toIntExact(k.dPatches().size());
        int columns = k.dPatches().shape().columns();
        int pictures = k.dPatches().shape().extent(0);
        int patches = k.dPatches().shape().extent(1);
        int accumulate = k.accumulate() ? 1 : 0;
        List<KernelTask> tasks = new ArrayList<>();
        tasks.add(KernelTask.of(
                "embedBackwardPatches",
                Range.items(n),
                List.of(Operand.of(k.dOut()), Operand.of(k.mask()), Operand.of(k.dPatches())),
                new int[] {n, columns, patches, k.mask() == null ? 0 : 1},
                (g, id, t) -> g.task(
                        id,
                        TokenRows::embedBackwardPatches,
                        t.floats(0),
                        t.ints(1),
                        t.floats(2),
                        t.places(),
                        t.sizes())));
        if (k.dMaskToken() != null) {
            tasks.add(KernelTask.of(
                    "embedBackwardMaskToken",
                    Range.items(columns),
                    List.of(Operand.of(k.dOut()), Operand.of(k.mask()), Operand.of(k.dMaskToken())),
                    new int[] {columns, pictures, patches, accumulate},
                    (g, id, t) -> g.task(
                            id,
                            TokenRows::embedBackwardMaskToken,
                            t.floats(0),
                            t.ints(1),
                            t.floats(2),
                            t.places(),
                            t.sizes())));
        }
        int picture = (patches + 1) * columns;
        tasks.add(sumOverPictures(k.dOut(), k.dClassToken(), columns, pictures, picture, accumulate));
        if (k.dPositions() != null) {
            tasks.add(sumOverPictures(k.dOut(), k.dPositions(), picture, pictures, picture, accumulate));
        }
        return tasks;
    }

    private static KernelTask sumOverPictures(
            Slot dOut, Slot out, int count, int pictures, int picture, int accumulate) {
        return KernelTask.of(
                "sumOverPictures",
                Range.items(count),
                List.of(Operand.of(dOut), Operand.of(out)),
                new int[] {count, pictures, picture, accumulate},
                (g, id, t) -> g.task(id, TokenRows::sumOverPictures, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    static List<KernelTask> mean(MeanTokens k) {
        int n = Math.toIntExact(k.out().size());
        return List.of(KernelTask.of(
                "meanTokensForward",
                Range.items(n),
                List.of(Operand.of(k.x()), Operand.of(k.out())),
                new int[] {n, k.x().shape().columns(), k.x().shape().extent(1), k.first()},
                (g, id, t) ->
                        g.task(id, TokenRows::meanTokensForward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> meanBackward(MeanTokensBackward k) {
        int n = Math.toIntExact(k.dx().size());
        return List.of(KernelTask.of(
                "meanTokensBackward",
                Range.items(n),
                List.of(Operand.of(k.dOut()), Operand.of(k.dx())),
                new int[] {n, k.dx().shape().columns(), k.dx().shape().extent(1), k.first()},
                (g, id, t) ->
                        g.task(id, TokenRows::meanTokensBackward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> copyBlocks(CopyBlocks k) {
        int n = Math.multiplyExact(k.blocks(), k.length());
        return List.of(KernelTask.of(
                "copyBlocks",
                Range.items(n),
                List.of(
                        Operand.of(k.source()).plus(k.sourceFirst()),
                        Operand.of(k.target()).plus(k.targetFirst())),
                new int[] {
                    n,
                    k.length(),
                    Math.toIntExact(k.sourceStride()),
                    Math.toIntExact(k.targetStride()),
                    k.accumulate() ? 1 : 0
                },
                (g, id, t) -> g.task(id, TokenRows::copyBlocks, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> transpose(Transpose k) {
        int n = Math.toIntExact(k.x().size());
        return List.of(KernelTask.of(
                "transposeLastAxes",
                Range.items(n),
                List.of(Operand.of(k.x()), Operand.of(k.y())),
                new int[] {n, k.x().shape().extent(1), k.x().shape().extent(2)},
                (g, id, t) ->
                        g.task(id, TokenRows::transposeLastAxes, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> argMax(ArgMaxRows k) {
        int rows = k.x().shape().rows();
        return List.of(KernelTask.of(
                "argMaxOfRows",
                Range.items(rows),
                List.of(Operand.of(k.x()), Operand.of(k.index())),
                new int[] {rows, k.x().shape().columns()},
                (g, id, t) -> g.task(id, TokenRows::argMaxOfRows, t.floats(0), t.ints(1), t.places(), t.sizes())));
    }

    static List<KernelTask> oneHot(OneHot k) {
        int n = Math.toIntExact(k.y().size());
        return List.of(KernelTask.of(
                "oneHotRows",
                Range.items(n),
                List.of(Operand.of(k.index()), Operand.of(k.y())),
                new int[] {n, k.y().shape().columns()},
                (g, id, t) -> g.task(id, TokenRows::oneHotRows, t.ints(0), t.floats(1), t.places(), t.sizes())));
    }
}
