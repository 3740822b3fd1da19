package beits.checkpoint;

import org.jspecify.annotations.Nullable;

/** Whose names a checkpoint of BEiT uses. */
public enum WeightLayout {
    /** Official names with the index buffers (microsoft/unilm {@code beit}). */
    OFFICIAL("official"),
    /** Official names without the index buffers (timm {@code models/beit.py}); our own checkpoints too. */
    TIMM("timm"),
    /** Hugging Face transformers {@code modeling_beit}: q, k and v apart, {@code lambda_1/2}. */
    HUGGING_FACE("Hugging Face");

    private final String title;

    WeightLayout(String title) {
        this.title = title;
    }

    /** For messages. */
    public String title() {
        return title;
    }

    /**
     * The layout of a checkpoint.
     *
     * @param source name of the file, for the message
     * @throws CheckpointException when its names are of no known layout
     */
    public static WeightLayout of(NamedTensors tensors, String source) throws CheckpointException {
        WeightLayout layout = find(tensors);
        if (layout != null) {
            return layout;
        }
        throw unknown(tensors, source);
    }

    /** What to throw for a checkpoint whose names are of no known layout. */
    static CheckpointException unknown(NamedTensors tensors, String source) {
        return new CheckpointException(
                "%s: no BEiT weights in the official, timm or Hugging Face names; its %d tensors begin with %s"
                        .formatted(
                                source,
                                tensors.tensors().size(),
                                String.join(
                                        ", ",
                                        tensors.tensors().keySet().stream()
                                                .limit(3)
                                                .toList())));
    }

    /** The layout of a checkpoint, or null when it holds no BEiT. */
    static @Nullable WeightLayout find(NamedTensors tensors) {
        if (tensors.has("patch_embed.proj.weight")) {
            return tensors.tensors().keySet().stream().anyMatch(WeightNames::isIndex) ? OFFICIAL : TIMM;
        }
        if (tensors.has("beit.embeddings.patch_embeddings.projection.weight")
                || tensors.has("embeddings.patch_embeddings.projection.weight")) {
            return HUGGING_FACE;
        }
        return null;
    }
}
