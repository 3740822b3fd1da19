package beits.mim;

import beits.autograd.Layout;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.tensor.Slot;
import java.util.Objects;

/**
 * Inputs of masked image modelling for a fixed batch size. The number of masked patches varies, so their rows and labels have
 * room for {@code capacity} and come with the actual count.
 *
 * @param encoder pictures, mask, drop path factors
 * @param rows positions of the masked patches among all tokens, {@code sample·tokens + 1 + patch} [capacity]
 * @param labels their visual tokens [capacity]
 * @param count how many are in use [1]
 */
public record MimInputs(Encoder.Inputs encoder, Slot rows, Slot labels, Slot count) {
    /**
     * Room for a batch.
     *
     * @param maskPatches most masked patches of a picture
     */
    public static MimInputs create(Layout layout, BeitConfig config, int batch, int maskPatches) {
        if (maskPatches < 1 || maskPatches > config.patches()) {
            throw new IllegalArgumentException("maskPatches = %d must be between 1 and the %d patches of a picture"
                    .formatted(maskPatches, config.patches()));
        }
        int capacity = batch * maskPatches;
        return new MimInputs(
                Encoder.Inputs.training(layout, config, batch, true),
                layout.indexes(capacity),
                layout.indexes(capacity),
                layout.indexes(1));
    }

    /**
     * Writes a batch.
     *
     * @param micro number of the micro-batch, for the drop path draws
     * @throws IllegalArgumentException when the batch has another size or more masked patches than there is room for
     */
    public void write(Executable executable, Encoder model, MimBatch batch, DropPathDraws draws, long micro) {
        Slot mask = Objects.requireNonNull(encoder.mask());
        int capacity = Math.toIntExact(rows.size());
        int patches = mask.shape().columns();
        int masked = batch.masked();
        if (batch.mask().length != mask.size()
                || batch.images().length != encoder.images().size()) {
            throw new IllegalArgumentException(
                    "a batch of %d patches where %d are expected".formatted(batch.mask().length, mask.size()));
        }
        if (masked > capacity) {
            throw new IllegalArgumentException(
                    "%d masked patches where there is room for %d".formatted(masked, capacity));
        }
        int[] maskValues = new int[batch.mask().length];
        int[] rowValues = new int[capacity];
        int[] labelValues = new int[capacity];
        int next = 0;
        for (int i = 0; i < maskValues.length; i++) {
            if (batch.mask()[i]) {
                maskValues[i] = 1;
                rowValues[next] = i / patches * (patches + 1) + 1 + i % patches;
                labelValues[next] = batch.tokens()[i];
                next++;
            }
        }
        executable.write(encoder.images(), batch.images());
        executable.write(mask, maskValues);
        executable.write(rows, rowValues);
        executable.write(labels, labelValues);
        executable.write(count, new int[] {masked});
        Slot keep = encoder.keep();
        if (keep != null) {
            executable.write(keep, model.dropPathFactors(draws.draw(micro, Math.toIntExact(keep.size()))));
        }
    }
}
