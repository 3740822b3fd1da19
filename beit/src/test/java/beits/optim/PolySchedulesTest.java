package beits.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PolySchedulesTest {
    @Test
    void lineWithAWarmUpThatMultipliesIt() {
        assertThat(Schedules.poly(1, 0, 8, 2, 0.25, 1))
                .containsExactly(
                        new double[] {0.25, 0.875 * 0.625, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125}, Offset.offset(1e-15));
    }

    @Test
    void powerBendsItTowardsTheEnd() {
        assertThat(Schedules.poly(3, 1, 4, 0, 1e-6, 2))
                .containsExactly(new double[] {3, 2 * 0.5625 + 1, 1.5, 1.125}, Offset.offset(1e-15));
    }

    @Test
    void warmUpLongerThanTheRunIsRefused() {
        assertThatThrownBy(() -> Schedules.poly(1, 0, 3, 4, 0, 1)).hasMessageContaining("warmupSteps");
    }
}
