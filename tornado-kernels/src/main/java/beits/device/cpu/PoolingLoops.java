package beits.device.cpu;

import java.lang.foreign.MemorySegment;

/** Methods of this class are never inlined, for the reason given in {@link AttentionLoops}. */
final class PoolingLoops {
    private PoolingLoops() {}

    /**
     * The largest of 2x2 pixels, whole vectors of channels only: with a loop over any window inside, 56x56 pixels of 256 channels took 1.8 instead
     * of 6.4 ms.
     *
     * @param first element of the first pixel
     * @param rowStep from a row of the picture to the next
     * @param pixelStep from a pixel to the next
     */
    static void largestOfFour(
            MemorySegment x, long first, long rowStep, long pixelStep, int channels, MemorySegment y, long to) {
        for (int c = 0; c < channels; c += Lanes.COUNT) {
            long at = first + c;
            Lanes.store(
                    Lanes.load(x, at)
                            .max(Lanes.load(x, at + pixelStep))
                            .max(Lanes.load(x, at + rowStep))
                            .max(Lanes.load(x, at + rowStep + pixelStep)),
                    y,
                    to + c);
        }
    }
}
