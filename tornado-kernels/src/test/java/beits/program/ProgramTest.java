package beits.program;

import static org.assertj.core.api.Assertions.assertThat;

import beits.kernel.AddRowVector;
import beits.kernel.Kernel;
import beits.kernel.Scale;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramTest {

    private static Section layer(int number, int columns, double factor) {
        Slot x = new Slot(Arena.ACTIVATIONS, 64L * number, Shape.of(2, columns));
        Slot y = new Slot(Arena.ACTIVATIONS, 64L * number + 32, Shape.of(2, columns));
        Slot vector = new Slot(Arena.PARAMETERS, 16L * number, Shape.of(columns));
        return new Section("layer " + number, List.of(new AddRowVector(x, vector, y), new Scale(y, y, factor)));
    }

    @Test
    void arenasAreAsLargeAsTheSlotsReach() {
        Program program = new Program("two layers", List.of(layer(0, 5, 2), layer(3, 5, 2)));
        assertThat(program.size(Arena.ACTIVATIONS)).isEqualTo(64 * 3 + 32 + 10);
        assertThat(program.size(Arena.PARAMETERS)).isEqualTo(16 * 3 + 5);
        assertThat(program.size(Arena.GRADIENTS)).isZero();
        assertThat(program.memory()).isEqualTo(4 * (234 + 53));
        assertThat(program.kernels()).hasSize(4);
        assertThat(program.flops())
                .isEqualTo(program.kernels().stream().mapToLong(Kernel::flops).sum());
        assertThat(program.listing()).contains("program two layers: 2 sections, 4 kernels", "layer 3", "AddRowVector");
    }

    @Test
    void sectionsThatDifferInOffsetsOnlyAreOfOneKind() {
        assertThat(layer(0, 5, 2).kind()).isEqualTo(layer(7, 5, 2).kind());
        assertThat(layer(0, 5, 2).kind()).hasSameHashCodeAs(layer(7, 5, 2).kind());
        assertThat(layer(0, 5, 2).kind()).isNotEqualTo(layer(0, 6, 2).kind());
        assertThat(layer(0, 5, 2).kind()).isNotEqualTo(layer(0, 5, 3).kind());
        assertThat(layer(0, 5, 2)).isNotEqualTo(layer(7, 5, 2));
    }
}
