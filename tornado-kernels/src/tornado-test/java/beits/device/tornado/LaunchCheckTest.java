package beits.device.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchCheckTest {
    private static final Map<String, Long> TIMES = Map.of("beits.product_1", 2000L, "beits.scaleElements_1", 0L);

    @Test
    void aTaskWithoutTimeWasNotLaunched() {
        assertThat(LaunchCheck.of(List.of(900L, 700L)).refused(TIMES)).contains("beits.scaleElements_1");
    }

    @Test
    void allTasksWithTimeWereLaunched() {
        assertThat(LaunchCheck.of(List.of(900L)).refused(Map.of("beits.product_1", 1L)))
                .isEmpty();
    }

    @Test
    void aClockThatShowsNoTimeOfKernelsThatRanTellsNothing() {
        assertThat(LaunchCheck.of(List.of(0L, 0L)).refused(TIMES)).isEmpty();
        assertThat(LaunchCheck.of(List.of(1000L, 0L)).refused(TIMES)).isEmpty();
    }
}
