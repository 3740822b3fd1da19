package beits.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {

    @Test
    void readsAsRowsOfTheLastAxis() {
        Shape shape = Shape.of(2, 3, 5);
        assertThat(shape.rank()).isEqualTo(3);
        assertThat(shape.size()).isEqualTo(30);
        assertThat(shape.rows()).isEqualTo(6);
        assertThat(shape.columns()).isEqualTo(5);
        assertThat(shape.extent(-2)).isEqualTo(3);
        assertThat(shape).hasToString("[2x3x5]");
    }

    @Test
    void equalsByExtents() {
        assertThat(Shape.of(2, 3)).isEqualTo(Shape.of(2, 3)).hasSameHashCodeAs(Shape.of(2, 3));
        assertThat(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2));
        assertThat(Shape.of(6)).isNotEqualTo(Shape.of(6, 1));
    }

    @Test
    void keepsItsExtentsToItself() {
        int[] extents = {2, 3};
        Shape shape = Shape.of(extents);
        extents[0] = 7;
        shape.extents()[1] = 7;
        assertThat(shape).isEqualTo(Shape.of(2, 3));
    }

    @Test
    void countsBeyondTheRangeOfInt() {
        assertThat(Shape.of(65536, 65536).size()).isEqualTo(1L << 32);
        assertThatThrownBy(() -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 4))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void mayBeEmptyButNotNegative() {
        assertThat(Shape.of(0, 4).size()).isZero();
        assertThat(Shape.of(4, 0).rows()).isZero();
        assertThatThrownBy(() -> Shape.of(2, -1)).hasMessageContaining("negative extent");
    }
}
