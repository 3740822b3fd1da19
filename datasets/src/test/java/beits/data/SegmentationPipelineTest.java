package beits.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.image.Image;
import beits.image.PictureException;
import beits.transform.Normalisation;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class SegmentationPipelineTest {
    private static final UniformRandomProvider DRAWS = RandomSource.XO_RO_SHI_RO_128_PP.create(1);

    /** Two rows of three white pixels of class 4. */
    private static Sample small() {
        Image picture = Image.blank(2, 3, 3);
        Image mask = Image.blank(2, 3, 1);
        Arrays.fill(picture.pixels(), (byte) 255);
        Arrays.fill(mask.pixels(), (byte) 4);
        return new Sample.Segmented("small", picture, mask);
    }

    @Test
    void paddingIsZeroAfterTheNormalisationAndCountsForNothing() {
        SegmentationPipeline pipeline = new SegmentationPipeline(List.of(), 4, Normalisation.INCEPTION, true);
        Batch batch = Batch.allocate(Position.START, pipeline.layout(), 2);
        Arrays.fill(batch.images(), 9f);
        pipeline.write(small(), DRAWS, DRAWS, batch, 1);
        float[] plane = {1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        for (int channel = 0; channel < 3; channel++) {
            assertThat(Arrays.copyOfRange(batch.images(), (3 + channel) * 16, (4 + channel) * 16))
                    .containsExactly(plane);
        }
        assertThat(batch.images()[47]).isEqualTo(9f);
        assertThat(Arrays.copyOfRange(batch.pixelLabels(), 16, 32))
                .containsExactly(4, 4, 4, 255, 4, 4, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255);
    }

    @Test
    void anotherSizeIsRefusedWithoutPadding() {
        SegmentationPipeline pipeline = new SegmentationPipeline(List.of(), 4, Normalisation.INCEPTION, false);
        assertThatThrownBy(() ->
                        pipeline.write(small(), DRAWS, DRAWS, Batch.allocate(Position.START, pipeline.layout(), 1), 0))
                .isInstanceOf(PictureException.class)
                .hasMessageContaining("leave 2 x 3 pixels where the network reads 4 x 4");
    }
}
