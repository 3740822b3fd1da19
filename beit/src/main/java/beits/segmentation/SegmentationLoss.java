package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Images;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.tensor.Slot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pixel-wise cross-entropy (mmseg {@code BaseDecodeHead.losses}): logits are resized bilinearly to the size of the labels;
 * ignored pixels (negative labels) add nothing but stay in the denominator.
 */
public final class SegmentationLoss {
    private SegmentationLoss() {}

    /**
     * Where the classes of the pixels are.
     *
     * @param labels integers [batch, height, width], negative where ignored
     * @param weighted [batch, height, width, classes], the weight of the class at its place and 0 elsewhere; or none for weight 1
     */
    public record Truth(Slot labels, @Nullable Slot weighted) {}

    /**
     * Loss of one head.
     *
     * @param logits [batch, h, w, classes]
     * @param labels integers [batch, height, width], negative where ignored
     */
    public static Losses.Classified of(Tensor logits, Slot labels) {
        return of(logits, new Truth(labels, null));
    }

    /**
     * Loss of one head, with weights of the classes where there are some: {@code −w[y] log p[y]}, still averaged over all pixels.
     *
     * @param logits [batch, h, w, classes]
     */
    public static Losses.Classified of(Tensor logits, Truth truth) {
        int height = truth.labels.shape().extent(1);
        int width = truth.labels.shape().extent(2);
        boolean sameSize = logits.shape().extent(1) == height && logits.shape().extent(2) == width;
        Tensor resized = sameSize ? logits : Images.upsampleBilinear(logits, height, width, false);
        Slot weighted = truth.weighted;
        if (weighted == null) {
            return Losses.crossEntropy(resized, truth.labels, null, 0);
        }
        Losses.Classified loss = Losses.softCrossEntropy(resized, logits.graph().constant(weighted));
        // Rows of zeros and weights below 1 make the soft loss count its hits otherwise.
        return new Losses.Classified(
                loss.loss(), Losses.crossEntropy(resized, truth.labels, null, 0).hits());
    }

    /**
     * Loss of the main head plus weighted losses of the auxiliary ones.
     *
     * @return total loss, and the hits of the main head
     */
    public static Losses.Classified total(Tensor main, List<Tensor> auxiliary, Slot labels, double weight) {
        return total(main, auxiliary, new Truth(labels, null), weight);
    }

    /** {@link #total(Tensor, List, Slot, double)} with weights of the classes where there are some. */
    public static Losses.Classified total(Tensor main, List<Tensor> auxiliary, Truth truth, double weight) {
        Losses.Classified result = of(main, truth);
        Tensor loss = result.loss();
        for (Tensor logits : auxiliary) {
            loss = Elements.add(loss, Elements.scale(of(logits, truth).loss(), weight));
        }
        return new Losses.Classified(loss, result.hits());
    }
}
