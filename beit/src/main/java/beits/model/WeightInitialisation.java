package beits.model;

import beits.autograd.Initialiser;

/**
 * How the official code starts a Transformer (quirk of the official code: pre-training truncates at one deviation, fine-tuning at
 * ±2, which never cuts).
 */
public enum WeightInitialisation {
    /** {@code modeling_pretrain}: normal of deviation 0.02 truncated at ±0.02, the patch convolution too. */
    PRETRAINING(0.02),
    /** {@code modeling_finetune}: normal of deviation 0.02 truncated at ±2; the patch convolution keeps PyTorch's default. */
    FINETUNING(2);

    private static final double DEVIATION = 0.02;
    private final double bound;

    WeightInitialisation(double bound) {
        this.bound = bound;
    }

    /** Start of a linear weight or a token. */
    public Initialiser normal() {
        return scaled(1);
    }

    /** {@link #normal()} multiplied by a factor. */
    public Initialiser scaled(double factor) {
        return new Initialiser.TruncatedNormal(DEVIATION, -bound, bound, factor);
    }

    /** Start of a matrix that ends a branch of block {@code i}: divided by √(2·(i+1)) (official {@code fix_init_weight}). */
    public Initialiser branchEnd(int block) {
        return scaled(1 / Math.sqrt(2.0 * (block + 1)));
    }

    /** Start of the patch convolution's weight. */
    public Initialiser patchWeight(int fanIn) {
        return this == PRETRAINING ? normal() : new Initialiser.Uniform(1 / Math.sqrt(fanIn));
    }

    /** Start of the patch convolution's bias. */
    public Initialiser patchBias(int fanIn) {
        return this == PRETRAINING ? Initialiser.ZEROS : new Initialiser.Uniform(1 / Math.sqrt(fanIn));
    }
}
