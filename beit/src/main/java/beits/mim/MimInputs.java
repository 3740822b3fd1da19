package beits.mim;

import beits.autograd.Layout;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.tensor.Slot;
import java.util.Objects;

/**
 * Inputs of masked image modelling for a fixed batch size. The number of recovered patches varies where they are the masked
 * ones, so their rows have room for as many as there can be and come with the actual count.
 *
 * @param encoder pictures, mask, drop path factors
 * @param rows positions of the recovered patches among all tokens, {@code sample·tokens + 1 + patch}
 * @param labels their visual tokens
 * @param count how many are in use [1]
 * @param all whether every patch is recovered, not the masked ones only
 */
public record MimInputs(Encoder.Inputs encoder, Slot rows, Slot labels, Slot count, boolean all) {
    /**
     * Room for a batch of which the masked patches are recovered.
     *
     * @param maskPatches most masked patches of a picture
     */
    public static MimInputs create(Layout layout, BeitConfig config, int batch, int maskPatches) {
        return create(layout, config, batch, maskPatches, false);
    }

    /**
     * Room for a batch.
     *
     * @param maskPatches most masked patches of a picture
     * @param all whether every patch is recovered
     */
    public static MimInputs create(Layout layout, BeitConfig config, int batch, int maskPatches, boolean all) {
        if (maskPatches < 1 || maskPatches > config.patches()) {
            throw new IllegalArgumentException("maskPatches = %d must be between 1 and the %d patches of a picture"
                    .formatted(maskPatches, config.patches()));
        }
        int capacity = batch * (all ? config.patches() : maskPatches);
        return new MimInputs(
                Encoder.Inputs.training(layout, config, batch, true),
                layout.indexes(capacity),
                layout.indexes(capacity),
                layout.indexes(1),
                all);
    }

    /** Most patches of a batch that can be recovered. */
    public int capacity() {
        return Math.toIntExact(rows.size());
    }

    /** Patches of this batch that are recovered. */
    public int recovered(MimBatch batch) {
        return all ? batch.mask().length : batch.masked();
    }

    /**
     * Writes a batch.
     *
     * @param micro number of the micro-batch, for the drop path draws
     * @return the recovered patches, {@code sample·patches + patch}, in rising order
     * @throws IllegalArgumentException when the batch has another size or more masked patches than there is room for
     */
    public int[] write(Executable executable, Encoder model, MimBatch batch, DropPathDraws draws, long micro) {
        Slot mask = Objects.requireNonNull(encoder.mask());
        int patches = mask.shape().columns();
        if (batch.mask().length != mask.size()
                || batch.images().length != encoder.images().size()) {
            throw new IllegalArgumentException(
                    "a batch of %d patches where %d are expected".formatted(batch.mask().length, mask.size()));
        }
        if (recovered(batch) > capacity()) {
            throw new IllegalArgumentException(
                    "%d masked patches where there is room for %d".formatted(batch.masked(), capacity()));
        }
        int[] maskValues = new int[batch.mask().length];
        int[] rowValues = new int[capacity()];
        int[] labelValues = new int[capacity()];
        int[] recovered = new int[recovered(batch)];
        int next = 0;
        for (int i = 0; i < maskValues.length; i++) {
            maskValues[i] = batch.mask()[i] ? 1 : 0;
            if (all || batch.mask()[i]) {
                rowValues[next] = i / patches * (patches + 1) + 1 + i % patches;
                labelValues[next] = batch.tokens()[i];
                recovered[next] = i;
                next++;
            }
        }
        executable.write(encoder.images(), batch.images());
        executable.write(mask, maskValues);
        executable.write(rows, rowValues);
        executable.write(labels, labelValues);
        executable.write(count, new int[] {next});
        Slot keep = encoder.keep();
        if (keep != null) {
            executable.write(keep, model.dropPathFactors(draws.draw(micro, Math.toIntExact(keep.size()))));
        }
        return recovered;
    }
}
