package beits.optim;

/**
 * Layer-wise learning-rate decay (official {@code LayerDecayValueAssigner}): {@code decay^(depth + 1 − id)}.
 *
 * @param decay factor from a layer to the one below; 1 for none
 * @param depth number of blocks
 */
public record LayerDecay(double decay, int depth) {
    private static final String BACKBONE = "backbone.";

    /** The same rate for all layers. */
    public static final LayerDecay NONE = new LayerDecay(1, 0);

    /**
     * Layer of a parameter: 0 for tokens, absolute positions and patch embedding, i + 1 for block i, {@code depth + 1} for all
     * else, the shared relative position table included. A prefix {@code backbone.} (segmentation) does not count.
     */
    public int layer(String fullName) {
        String name = fullName.startsWith(BACKBONE) ? fullName.substring(BACKBONE.length()) : fullName;
        if (name.equals("cls_token")
                || name.equals("mask_token")
                || name.equals("pos_embed")
                || name.startsWith("patch_embed")) {
            return 0;
        }
        if (name.startsWith("blocks.")) {
            return Integer.parseInt(name.substring(7, name.indexOf('.', 7))) + 1;
        }
        return depth + 1;
    }

    /** Factor of the learning rate of a parameter. */
    public double scale(String name) {
        return decay == 1 ? 1 : Math.pow(decay, depth + 1 - layer(name));
    }
}
