package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Images;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.tensor.Slot;

/**
 * Dropout of whole channels ({@code torch.nn.Dropout2d}), which mmseg's decode heads have in front of their last convolution while
 * they are trained.
 *
 * @param keep input [batch, 1, 1, channels]: the {@link #factors}
 */
record ChannelDropout(Slot keep) {
    /** Official share of channels left out. */
    static final double RATE = 0.1;

    /** Dropout of a feature map with so many channels. */
    static ChannelDropout of(Layout layout, int batch, int channels) {
        return new ChannelDropout(layout.input(batch, 1, 1, channels));
    }

    /** The map [batch, height, width, channels] with each channel of each picture times its factor. */
    Tensor apply(Tensor map) {
        Tensor factors = map.graph().constant(keep);
        int height = map.shape().extent(1);
        int width = map.shape().extent(2);
        return Elements.multiply(map, Images.upsampleBilinear(factors, height, width, false));
    }

    /** 0 for a channel that is left out, else {@code 1 / (1 − RATE)}, from draws in [0, 1). */
    static double[] factors(double[] uniforms) {
        double[] factors = new double[uniforms.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = uniforms[i] < RATE ? 0 : 1 / (1 - RATE);
        }
        return factors;
    }
}
