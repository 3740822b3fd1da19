package beits.mim;

/** What is recovered of a picture with hidden patches (paper §2.3; Table 4 compares the three). */
public enum MimTarget {
    /** The visual tokens of the hidden patches: BEiT. */
    MASKED_TOKENS,
    /** The visual tokens of all patches ("recover 100% visual tokens"). */
    ALL_TOKENS,
    /** The pixels of the hidden patches, by regression ("without visual tokens"). */
    MASKED_PIXELS
}
