package beits.job;

/** What a checkpoint of our own holds. */
public enum ModelKind {
    /** A dVAE. */
    TOKENIZER("tokenizer"),
    /** A pre-trained encoder with its token head. */
    MASKED_IMAGE_MODEL("masked image model"),
    /** An encoder with a classification head. */
    CLASSIFIER("classifier"),
    /** An encoder without a head. */
    ENCODER("encoder"),
    /** An encoder with a segmentation decoder. */
    SEGMENTER("segmentation model");

    private final String title;

    ModelKind(String title) {
        this.title = title;
    }

    /** The kind in words. */
    public String title() {
        return title;
    }
}
