package beits.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeanIouTest {
    /**
     * What the official {@code mean_iou} gives for these pixels: predicted areas 3 and 2, true areas 1 and 3 (2 falls into the last
     * bin of the histogram, 3 into none), intersections 1 and 1.
     */
    @Test
    void unknownTrueClassesCountAsInMmseg() {
        MeanIou metrics = new MeanIou(2);
        metrics.add(new int[] {0, 1, 2, 3, 255, -1, 1}, new int[] {0, 1, 0, 1, 0, 1, 0});
        assertThat(metrics.iouPerClass()).containsExactly(1.0 / 3, 1.0 / 4);
        assertThat(metrics.accuracyPerClass()).containsExactly(1, 1.0 / 3);
        assertThat(metrics.pixelAccuracy()).isEqualTo(0.5);
        assertThat(metrics.confusion()).isDeepEqualTo(new long[][] {{1, 0}, {1, 1}});
    }

    @Test
    void classesThatOccurNowhereAreLeftOut() {
        MeanIou metrics = new MeanIou(3);
        metrics.add(new int[] {0, 0, 2}, new int[] {0, 2, 2});
        assertThat(metrics.iouPerClass()).containsExactly(0.5, Double.NaN, 0.5);
        assertThat(metrics.meanIou()).isEqualTo(0.5);
        assertThat(metrics.meanAccuracy()).isEqualTo(0.75);
    }
}
