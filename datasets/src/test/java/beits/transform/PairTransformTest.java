package beits.transform;

import static org.assertj.core.api.Assertions.assertThat;

import beits.image.Image;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairTransformTest {
    /** The picture's red is 10 times the class, in blocks, so that the two can be compared after any geometry. */
    private static Pair blocks(int height, int width) {
        Image picture = Image.blank(height, width, 3);
        Image mask = Image.blank(height, width, 1);
        for (int i = 0; i < height * width; i++) {
            int label = i / width / 11 * 5 % 7 + i % width / 13;
            mask.pixels()[i] = (byte) label;
            picture.pixels()[3 * i] = (byte) (10 * label);
        }
        return new Pair(picture, mask);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void pictureAndMaskMoveTogether(long seed) {
        UniformRandomProvider rng = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        Pair pair = blocks(61, 83);
        for (PairTransform transform : List.of(
                new PairTransform.RandomResize(128, 64, 0.8, 2),
                new PairTransform.Crop(70, 0.75),
                new PairTransform.Mirror(0.5))) {
            pair = transform.apply(pair, rng);
        }
        assertThat(pair.picture().height()).isBetween(50, 70);
        assertThat(pair.mask().width()).isBetween(68, 70);
        int agreeing = 0;
        for (int y = 0; y < pair.mask().height(); y++) {
            for (int x = 0; x < pair.mask().width(); x++) {
                agreeing +=
                        Math.abs(pair.picture().at(y, x, 0) - 10 * pair.mask().at(y, x, 0)) <= 5 ? 1 : 0;
            }
        }
        // Only pixels on a border between blocks are blended by the bilinear filter.
        assertThat((double) agreeing / pair.mask().pixels().length).isGreaterThan(0.8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void distortionLeavesTheMaskAlone(long seed) {
        Pair pair = blocks(20, 30);
        Pair out = new PairTransform.PhotometricDistortion().apply(pair, RandomSource.XO_RO_SHI_RO_128_PP.create(seed));
        assertThat(out.mask()).isSameAs(pair.mask());
    }
}
