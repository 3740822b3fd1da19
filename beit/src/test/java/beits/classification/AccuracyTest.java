package beits.classification;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccuracyTest {
    @Test
    void theLabelsRankDecides() {
        Accuracy accuracy = new Accuracy(6);
        accuracy.add(
                new float[] {
                    0, 1, 2, 3, 4, 5, //
                    5, 4, 3, 2, 1, 0, //
                    1, 1, 1, 1, 1, 1
                },
                new int[] {5, 5, 1});
        assertThat(accuracy.top1()).isEqualTo(1.0 / 3);
        assertThat(accuracy.top5()).isEqualTo(2.0 / 3);
        assertThat(accuracy.confusion()[1]).containsExactly(1, 0, 0, 0, 0, 0);
    }

    @Test
    void whatIsNoNumberIsNeverRight() {
        Accuracy accuracy = new Accuracy(3);
        float nan = Float.NaN;
        accuracy.add(new float[] {nan, nan, nan, 0, nan, 1, nan, 5, 1}, new int[] {0, 2, 0});
        assertThat(accuracy.top1()).isZero();
        assertThat(accuracy.confusion()[2]).containsExactly(0, 1, 0);
    }
}
