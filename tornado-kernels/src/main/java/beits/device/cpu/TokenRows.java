package beits.device.cpu;

import beits.kernel.EmbedTokens;
import beits.kernel.EmbedTokensBackward;
import beits.kernel.MeanTokens;
import beits.kernel.MeanTokensBackward;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Making the token sequence of a picture, averaging it, and the gradients of both. */
final class TokenRows {
    private TokenRows() {}

    static Step embed(EmbedTokens kernel, Memory memory) {
        MemorySegment patches = memory.of(kernel.patches());
        MemorySegment mask = memory.ofNullable(kernel.mask());
        MemorySegment maskToken = memory.ofNullable(kernel.maskToken());
        MemorySegment classToken = memory.of(kernel.classToken());
        MemorySegment positions = memory.ofNullable(kernel.positions());
        MemorySegment out = memory.of(kernel.out());
        int tokens = kernel.out().shape().extent(1);
        int columns = kernel.out().shape().columns();
        return Pieces.rows(kernel.out().shape().rows(), columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                int token = row % tokens;
                // Patches lack the class token, so each picture before this row shifts them by one.
                long patch = (long) row - row / tokens - 1;
                boolean hidden = token > 0 && mask != null && Lanes.integer(mask, patch) != 0;
                long position = (long) token * columns;
                long target = (long) row * columns;
                if (token == 0) {
                    embedRow(classToken, 0, positions, position, out, target, columns);
                } else if (hidden && maskToken != null) {
                    embedRow(maskToken, 0, positions, position, out, target, columns);
                } else {
                    embedRow(patches, patch * columns, positions, position, out, target, columns);
                }
            }
        });
    }

    private static void embedRow(
            MemorySegment source,
            long from,
            @Nullable MemorySegment positions,
            long position,
            MemorySegment out,
            long to,
            int columns) {
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            var present = Lanes.first(Math.min(Lanes.COUNT, columns - j));
            var value = Lanes.load(source, from + j, present);
            Lanes.store(
                    positions == null ? value : value.add(Lanes.load(positions, position + j, present)),
                    out,
                    to + j,
                    present);
        }
    }

    static Step embedBackward(EmbedTokensBackward kernel, Memory memory, Scratch scratch) {
        MemorySegment dOut = memory.of(kernel.dOut());
        MemorySegment mask = memory.ofNullable(kernel.mask());
        MemorySegment dPatches = memory.of(kernel.dPatches());
        MemorySegment dMaskToken = memory.ofNullable(kernel.dMaskToken());
        MemorySegment dClassToken = memory.of(kernel.dClassToken());
        MemorySegment dPositions = memory.ofNullable(kernel.dPositions());
        int batch = kernel.dOut().shape().extent(0);
        int tokens = kernel.dOut().shape().extent(1);
        int patchesPerPicture = tokens - 1;
        int columns = kernel.dOut().shape().columns();
        boolean accumulate = kernel.accumulate();
        Step patches = Pieces.rows(batch * patchesPerPicture, columns, (from, to) -> {
            for (int patch = from; patch < to; patch++) {
                long at = (long) patch * columns;
                if (mask != null && Lanes.integer(mask, patch) != 0) {
                    Rows.clear(dPatches, at, columns);
                } else {
                    Rows.copy(dOut, at + (patch / patchesPerPicture + 1L) * columns, dPatches, at, columns);
                }
            }
        });
        scratch.reserveOwn(columns);
        Step positions = Step.of(dPositions == null ? 1 : tokens, (worker, token) -> {
            float[] sum = scratch.own(worker);
            Arrays.fill(sum, 0, columns, 0f);
            for (int picture = 0; picture < batch; picture++) {
                ColumnSums.addRow(dOut, ((long) picture * tokens + token) * columns, columns, sum, 0);
            }
            if (token == 0) {
                Rows.put(sum, 0, dClassToken, 0, columns, accumulate);
            }
            if (dPositions != null) {
                Rows.put(sum, 0, dPositions, (long) token * columns, columns, accumulate);
            }
        });
        if (mask == null || dMaskToken == null) {
            return Step.sequence(patches, positions);
        }
        PartialSums sums = new PartialSums(batch * patchesPerPicture, columns, scratch);
        Step masked = sums.add((part, at, from, to) -> {
            for (int patch = from; patch < to; patch++) {
                if (Lanes.integer(mask, patch) != 0) {
                    long row = patch + patch / patchesPerPicture + 1L;
                    ColumnSums.addRow(dOut, row * columns, columns, part, at);
                }
            }
        });
        return Step.sequence(patches, positions, masked, sums.store(0, columns, dMaskToken, accumulate));
    }

    static Step mean(MeanTokens kernel, Memory memory, Scratch scratch) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment out = memory.of(kernel.out());
        int tokens = kernel.x().shape().extent(1);
        int columns = kernel.x().shape().columns();
        scratch.reserveOwn(columns);
        return Step.of(kernel.x().shape().extent(0), (worker, picture) -> {
            float[] sum = scratch.own(worker);
            Arrays.fill(sum, 0, columns, 0f);
            for (int token = kernel.first(); token < tokens; token++) {
                ColumnSums.addRow(x, ((long) picture * tokens + token) * columns, columns, sum, 0);
            }
            for (int j = 0; j < columns; j++) {
                sum[j] /= tokens - kernel.first();
            }
            Rows.put(sum, 0, out, (long) picture * columns, columns, false);
        });
    }

    static Step meanBackward(MeanTokensBackward kernel, Memory memory) {
        MemorySegment dOut = memory.of(kernel.dOut());
        MemorySegment dx = memory.of(kernel.dx());
        int tokens = kernel.dx().shape().extent(1);
        int columns = kernel.dx().shape().columns();
        int used = tokens - kernel.first();
        return Pieces.rows(kernel.dx().shape().rows(), columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                long at = (long) row * columns;
                if (row % tokens < kernel.first()) {
                    Rows.clear(dx, at, columns);
                } else {
                    long source = (long) (row / tokens) * columns;
                    for (int j = 0; j < columns; j += Lanes.COUNT) {
                        var present = Lanes.first(Math.min(Lanes.COUNT, columns - j));
                        Lanes.store(Lanes.load(dOut, source + j, present).div(used), dx, at + j, present);
                    }
                }
            }
        });
    }
}
