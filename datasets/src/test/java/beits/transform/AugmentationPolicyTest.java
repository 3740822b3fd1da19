package beits.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.image.ColorOps;
import beits.image.Image;
import beits.image.Resampling;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationPolicyTest {
    private static final List<Integer> FILL = Normalisation.IMAGENET.fill();

    private static Image picture() {
        Image picture = Image.blank(12, 15, 3);
        for (int i = 0; i < picture.pixels().length; i++) {
            picture.pixels()[i] = (byte) (i * 37 % 251 / 2 + i % 7 * 9);
        }
        return picture;
    }

    private static UniformRandomProvider rng(long seed) {
        return RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    }

    @Test
    void fillIsTheRoundedMean() {
        assertThat(FILL).containsExactly(124, 116, 104);
        assertThat(Normalisation.INCEPTION.fill()).containsExactly(128, 128, 128);
        assertThat(Normalisation.uniform(1, 0.5f, 0.5f).fill()).containsExactly(128, 128, 128);
    }

    @Test
    void namesGiveTheirPolicies() {
        assertThat(AugmentationPolicy.parse("rand-m9-mstd0.5-inc1", FILL))
                .isEqualTo(new RandAugment(RandAugment.INCREASING, 2, 9, 0.5, FILL, Resampling.BICUBIC));
        assertThat(AugmentationPolicy.parse("rand-m7-n3", FILL))
                .isEqualTo(new RandAugment(RandAugment.PLAIN, 3, 7, 0, FILL, Resampling.BICUBIC));
        assertThat(AugmentationPolicy.parse("original-mstd0.5", FILL))
                .isEqualTo(new AutoAugment(0.5, FILL, Resampling.BICUBIC));
        assertThat(AugmentationPolicy.parse("3a", FILL)).isEqualTo(new ThreeAugment(0.3));
        assertThat(AugmentationPolicy.parse("3a-j0.4", FILL)).isEqualTo(new ThreeAugment(0.4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v0", "rand-x9", "rand-m", "rand-m1.2.3", "original-m9", "3a-m2", "rand-"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> AugmentationPolicy.parse(name, FILL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rand-m9-mstd0.5-inc1");
    }

    /** Without noise on the magnitudes every result is one of those that the policy's pairs can give, and all pairs are drawn. */
    @Test
    void autoAugmentGivesWhatItsPolicyAllows() {
        Image picture = picture();
        int[] fill = {124, 116, 104};
        Set<ByteBuffer> possible = new HashSet<>();
        for (List<AutoAugment.Step> pair : AutoAugment.POLICY) {
            for (Image first : outcomes(picture, pair.get(0), fill)) {
                for (Image second : outcomes(first, pair.get(1), fill)) {
                    possible.add(ByteBuffer.wrap(second.pixels()));
                }
            }
        }
        AutoAugment policy = new AutoAugment(0, FILL, Resampling.BICUBIC);
        Set<ByteBuffer> seen = new HashSet<>();
        for (int seed = 0; seed < 3000; seed++) {
            seen.add(ByteBuffer.wrap(policy.apply(picture, rng(seed)).pixels()));
        }
        assertThat(AutoAugment.POLICY).hasSize(25);
        assertThat(possible).containsAll(seen);
        assertThat(seen.size()).isGreaterThan(possible.size() * 9 / 10);
    }

    private static Set<Image> outcomes(Image picture, AutoAugment.Step step, int[] fill) {
        Set<Image> outcomes = new HashSet<>();
        if (step.probability() < 1) {
            outcomes.add(picture);
        }
        for (boolean negative : new boolean[] {false, true}) {
            double argument = step.operation().argument(step.magnitude(), negative, 0);
            outcomes.add(step.operation().apply(picture, argument, Resampling.BICUBIC, fill));
        }
        return outcomes;
    }

    @Test
    void threeAugmentTakesEachOfTheThreeAsOften() {
        Image picture = picture();
        byte[] grey = picture.grey().rgb().pixels();
        byte[] solarised = ColorOps.solarize(picture, 128).pixels();
        int greys = 0;
        int solars = 0;
        int draws = 3000;
        for (int seed = 0; seed < draws; seed++) {
            byte[] out = new ThreeAugment(0).apply(picture, rng(seed)).pixels();
            greys += java.util.Arrays.equals(out, grey) ? 1 : 0;
            solars += java.util.Arrays.equals(out, solarised) ? 1 : 0;
        }
        assertThat(greys).isBetween(draws / 3 - 150, draws / 3 + 150);
        assertThat(solars).isBetween(draws / 3 - 150, draws / 3 + 150);
    }

    @Test
    void theCornerThatARotationUncoversHasTheFillColour() {
        Image turned = RandAugment.Op.ROTATE.apply(picture(), 30, Resampling.BICUBIC, 1, 2, 3);
        assertThat(List.of(turned.at(0, 0, 0), turned.at(0, 0, 1), turned.at(0, 0, 2)))
                .containsExactly(1, 2, 3);
        Image grey = RandAugment.Op.ROTATE.apply(picture().grey(), 30, Resampling.BICUBIC, 255, 0, 0);
        assertThat(grey.at(0, 0, 0)).isEqualTo(76);
    }
}
