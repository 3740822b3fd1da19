package beits.segmentation;

import beits.model.BeitConfig;
import java.util.List;

/** Which decoder stands on the encoder. */
public sealed interface SegmentationConfig {
    /** Weight of an auxiliary loss beside the main one. */
    double AUXILIARY_WEIGHT = 0.4;

    /** Shape of the encoder. */
    BeitConfig encoder();

    /** Number of classes. */
    int classes();

    /** The same without auxiliary heads, which only training needs. */
    SegmentationConfig withoutAuxiliary();

    /**
     * SETR (the paper's own choice: BEiT with SETR-PUP).
     *
     * @param encoder its shape; a patch size of a power of two for SETR-PUP, in the paper 16
     * @param classes number of classes
     * @param progressive SETR-PUP, else SETR-Naive
     * @param auxiliary blocks, counted from 0, that carry an auxiliary head
     * @param channels hidden channels of all heads, in the paper 256
     */
    record Setr(BeitConfig encoder, int classes, boolean progressive, List<Integer> auxiliary, int channels)
            implements SegmentationConfig {
        public Setr {
            auxiliary = List.copyOf(auxiliary);
            checkBlocks("auxiliary", auxiliary, encoder);
            if (progressive) {
                SetrHead.doublings(encoder.patchSize());
            }
        }

        @Override
        public Setr withoutAuxiliary() {
            return new Setr(encoder, classes, progressive, List.of(), channels);
        }
    }

    /**
     * UPerNet with an FCN auxiliary head on the third map (the released segmentation models).
     *
     * @param encoder its shape; patch size 16 or 8
     * @param classes number of classes
     * @param blocks four blocks, counted from 0, whose outputs make the feature pyramid
     * @param channels hidden channels of the decoder
     * @param auxiliaryChannels hidden channels of the auxiliary head, 0 for none
     */
    record UperNet(BeitConfig encoder, int classes, List<Integer> blocks, int channels, int auxiliaryChannels)
            implements SegmentationConfig {
        public UperNet {
            blocks = List.copyOf(blocks);
            if (blocks.size() != 4) {
                throw new IllegalArgumentException("blocks = " + blocks + " must name four blocks");
            }
            checkBlocks("blocks", blocks, encoder);
            if (encoder.patchSize() != 16 && encoder.patchSize() != 8) {
                throw new IllegalArgumentException(
                        "patchSize = " + encoder.patchSize() + ": UPerNet's feature pyramid needs 16 or 8");
            }
        }

        @Override
        public UperNet withoutAuxiliary() {
            return new UperNet(encoder, classes, blocks, channels, 0);
        }
    }

    private static void checkBlocks(String field, List<Integer> blocks, BeitConfig encoder) {
        for (int block : blocks) {
            if (block < 0 || block >= encoder.depth()) {
                throw new IllegalArgumentException("%s: block %d is not one of the %d blocks, counted from 0"
                        .formatted(field, block, encoder.depth()));
            }
        }
    }
}
