package beits.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SlotTest {
    private final Slot slot = new Slot(Arena.ACTIVATIONS, 32, Shape.of(3, 4));

    @Test
    void viewsShareTheirElements() {
        assertThat(slot.reshape(2, 6)).isEqualTo(new Slot(Arena.ACTIVATIONS, 32, Shape.of(2, 6)));
        assertThat(slot.part(4, 2, 4)).isEqualTo(new Slot(Arena.ACTIVATIONS, 36, Shape.of(2, 4)));
        assertThat(slot.end()).isEqualTo(44);
        assertThat(slot.in(Arena.GRADIENTS)).isEqualTo(new Slot(Arena.GRADIENTS, 32, Shape.of(3, 4)));
        assertThat(slot).hasToString("activations@32[3x4]");
    }

    @Test
    void viewsStayInside() {
        assertThatThrownBy(() -> slot.reshape(5)).hasMessage("cannot read [3x4] as [5]: sizes differ");
        assertThatThrownBy(() -> slot.part(5, 8)).hasMessage("part [8] at 5 is outside [3x4]");
        assertThatThrownBy(() -> slot.part(-1, 2)).hasMessageContaining("outside");
        assertThatThrownBy(() -> slot.at(-1)).hasMessageContaining("negative offset");
    }

    @Test
    void freshSlotsStartOnCacheLines() {
        assertThat(Slot.align(0)).isZero();
        assertThat(Slot.align(1)).isEqualTo(16);
        assertThat(Slot.align(16)).isEqualTo(16);
        assertThat(Slot.align(1021)).isEqualTo(1024);
    }
}
