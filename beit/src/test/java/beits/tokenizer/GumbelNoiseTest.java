package beits.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GumbelNoiseTest {
    private static final double EULER_GAMMA = 0.577215664901532861;

    @Test
    void hasTheMomentsOfTheGumbelDistribution() {
        float[] noise = new float[400_003];
        new GumbelNoise().fill(noise, 5);
        double mean = 0;
        double square = 0;
        double below = 0;
        for (float value : noise) {
            mean += value / noise.length;
            square += (double) value * value / noise.length;
            below += value <= 0 ? 1.0 / noise.length : 0;
        }
        double variance = Math.PI * Math.PI / 6;

        // five standard errors of each mean
        double root = Math.sqrt(noise.length);
        assertThat(mean).isCloseTo(EULER_GAMMA, within(5 * Math.sqrt(variance) / root));
        assertThat(square - mean * mean).isCloseTo(variance, within(5 * variance * Math.sqrt(4.4) / root));
        assertThat(below).isCloseTo(Math.exp(-1), within(5 * 0.49 / root));
    }

    @Test
    void dependsOnTheSeedOnly() {
        float[] first = new float[7];
        float[] again = new float[7];
        float[] other = new float[7];
        GumbelNoise gumbel = new GumbelNoise();
        gumbel.fill(first, 1);
        gumbel.fill(again, 1);
        gumbel.fill(other, 2);

        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }

    @Test
    void temperatureFallsFromStartToEnd() {
        TemperatureSchedule schedule = new TemperatureSchedule(1, 0.0625, 10);

        assertThat(schedule.at(0)).isEqualTo(1);
        assertThat(schedule.at(5)).isCloseTo(0.53125, within(1e-12));
        assertThat(schedule.at(10)).isEqualTo(0.0625);
        assertThat(schedule.at(11)).isEqualTo(0.0625);
        assertThat(TemperatureSchedule.constant(0.9).at(0)).isEqualTo(0.9);
    }
}
