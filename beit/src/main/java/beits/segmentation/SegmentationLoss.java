package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Images;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.tensor.Slot;
import java.util.List;

/**
 * Pixel-wise cross-entropy (mmseg {@code BaseDecodeHead.losses}): logits are resized bilinearly to the size of the labels;
 * ignored pixels (negative labels) add nothing but stay in the denominator.
 */
public final class SegmentationLoss {
    private SegmentationLoss() {}

    /**
     * Loss of one head.
     *
     * @param logits [batch, h, w, classes]
     * @param labels integers [batch, height, width], negative where ignored
     */
    public static Losses.Classified of(Tensor logits, Slot labels) {
        int height = labels.shape().extent(1);
        int width = labels.shape().extent(2);
        boolean sameSize = logits.shape().extent(1) == height && logits.shape().extent(2) == width;
        Tensor resized = sameSize ? logits : Images.upsampleBilinear(logits, height, width, false);
        return Losses.crossEntropy(resized, labels, null, 0);
    }

    /**
     * Loss of the main head plus weighted losses of the auxiliary ones.
     *
     * @return total loss, and the hits of the main head
     */
    public static Losses.Classified total(Tensor main, List<Tensor> auxiliary, Slot labels, double weight) {
        Losses.Classified result = of(main, labels);
        Tensor loss = result.loss();
        for (Tensor logits : auxiliary) {
            loss = Elements.add(loss, Elements.scale(of(logits, labels).loss(), weight));
        }
        return new Losses.Classified(loss, result.hits());
    }
}
