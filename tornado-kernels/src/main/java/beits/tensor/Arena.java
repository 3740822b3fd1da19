package beits.tensor;

/**
 * The flat memories of a model. Gradients, moments and the moving average mirror the parameters offset for offset, so that
 * clipping, AdamW and checkpoints are single passes.
 */
public enum Arena {
    /** Trainable values. */
    PARAMETERS(ElementType.FLOAT32),
    /** Gradients, at the offsets of their parameters. */
    GRADIENTS(ElementType.FLOAT32),
    /** AdamW's first moments, at the offsets of their parameters. */
    MOMENT1(ElementType.FLOAT32),
    /** AdamW's second moments, at the offsets of their parameters. */
    MOMENT2(ElementType.FLOAT32),
    /** Exponential moving average of the parameters, at their offsets. */
    AVERAGE(ElementType.FLOAT32),
    /** What training changes but does not differentiate: running statistics of batch norm. */
    STATE(ElementType.FLOAT32),
    /** What the host writes before a run: pictures, targets, rates. */
    INPUTS(ElementType.FLOAT32),
    /** Integers written by the host or by a kernel: masks, labels, positions, tokens. */
    INDEXES(ElementType.INT32),
    /** Values of one run, placed by lifetime. */
    ACTIVATIONS(ElementType.FLOAT32),
    /** Where a device may write the unfolded windows of a convolution; holds nothing from one kernel to the next. */
    UNFOLDED(ElementType.FLOAT32);

    private final ElementType type;

    Arena(ElementType type) {
        this.type = type;
    }

    /** Type of every element of this arena. */
    public ElementType type() {
        return type;
    }

    /** Whether this arena keeps its values from one run to the next and goes into a checkpoint. */
    public boolean persistent() {
        return switch (this) {
            case PARAMETERS, MOMENT1, MOMENT2, AVERAGE, STATE -> true;
            case GRADIENTS, INPUTS, INDEXES, ACTIVATIONS, UNFOLDED -> false;
        };
    }
}
