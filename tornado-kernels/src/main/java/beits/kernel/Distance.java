package beits.kernel;

/** What a regression loss makes of a difference d. */
public enum Distance {
    /** {@code d²}. */
    SQUARED,
    /** {@code d²/2} for |d| below 1, else {@code |d| − 1/2} (PyTorch {@code smooth_l1_loss} with beta 1). */
    SMOOTH_L1
}
