package beits.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.kernel.Binary;
import beits.kernel.BinaryOperation;
import beits.kernel.Kernel;
import beits.kernel.Scale;
import beits.kernel.Unary;
import beits.kernel.UnaryFunction;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {

    /** Elementwise kernels over activations and views of them, each reading what earlier ones wrote. */
    private record Recording(
            List<Section> sections, List<Slot> activations, List<Slot> outputs, Slot input, long unplanned) {

        static Recording random(int seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Slot input = new Slot(Arena.INPUTS, 0, Shape.of(40));
            List<Slot> activations = new ArrayList<>();
            List<Kernel> kernels = new ArrayList<>();
            List<Section> sections = new ArrayList<>();
            long end = 0;
            for (int i = 0; i < 40; i++) {
                int size = 1 + random.nextInt(40);
                Slot made = new Slot(Arena.ACTIVATIONS, end, Shape.of(size));
                end += Slot.align(size);
                Slot a = view(random, activations, input, size);
                switch (random.nextInt(3)) {
                    case 0 -> kernels.add(new Scale(a, made, 0.5 + random.nextDouble()));
                    case 1 -> kernels.add(new Unary(UnaryFunction.TANH, a, made));
                    default ->
                        kernels.add(
                                new Binary(BinaryOperation.SUBTRACT, a, view(random, activations, input, size), made));
                }
                activations.add(made);
                if (random.nextInt(4) == 0) {
                    Slot changed = activations.get(random.nextInt(activations.size()));
                    kernels.add(new Scale(changed, changed, -1.25));
                }
                if (random.nextInt(5) == 0) {
                    sections.add(new Section("section " + sections.size(), kernels));
                    kernels = new ArrayList<>();
                }
            }
            sections.add(new Section("last", kernels));
            List<Slot> outputs = new ArrayList<>(List.of(activations.getLast()));
            outputs.add(activations.get(random.nextInt(activations.size())));
            outputs.add(activations.get(random.nextInt(activations.size())));
            return new Recording(sections, activations, outputs, input, end);
        }

        /** A part of something earlier that is large enough, often not its beginning. */
        private static Slot view(SplittableRandom random, List<Slot> activations, Slot input, int size) {
            List<Slot> fitting =
                    activations.stream().filter(s -> s.size() >= size).toList();
            Slot base = fitting.isEmpty() ? input : fitting.get(random.nextInt(fitting.size()));
            return base.part(random.nextInt((int) base.size() - size + 1), size);
        }

        MemoryPlan plan() {
            return MemoryPlan.of("planned", sections, activations, outputs);
        }

        /** First and last kernel that touches an activation; an output lives on behind the last one. */
        int[] life(Slot activation) {
            int[] life = {Integer.MAX_VALUE, -1};
            int position = 0;
            for (Section section : sections) {
                for (Kernel kernel : section.kernels()) {
                    List<Slot> touched = new ArrayList<>(kernel.reads());
                    touched.addAll(kernel.writes());
                    if (touched.stream().anyMatch(s -> overlap(s, activation))) {
                        life[0] = Math.min(life[0], position);
                        life[1] = position;
                    }
                    position++;
                }
            }
            if (outputs.contains(activation)) {
                life[1] = position;
            }
            return life;
        }
    }

    private static boolean overlap(Slot a, Slot b) {
        return a.arena() == b.arena() && a.offset() < b.end() && b.offset() < a.end();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void activationsInUseAtOneTimeDoNotOverlap(int seed) {
        Recording recording = Recording.random(seed);
        MemoryPlan plan = recording.plan();
        List<Slot> activations = recording.activations();
        for (int i = 0; i < activations.size(); i++) {
            for (int j = 0; j < i; j++) {
                int[] first = recording.life(activations.get(i));
                int[] second = recording.life(activations.get(j));
                if (first[0] <= second[1] && second[0] <= first[1]) {
                    assertThat(overlap(plan.locate(activations.get(i)), plan.locate(activations.get(j))))
                            .as("%s and %s", activations.get(i), activations.get(j))
                            .isFalse();
                }
            }
        }
        assertThat(plan.program().size(Arena.ACTIVATIONS)).isLessThanOrEqualTo(recording.unplanned());
        assertThat(activations).allMatch(slot -> plan.locate(slot).offset() % Slot.ALIGNMENT == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void thePlannedProgramComputesTheSame(int seed) {
        Recording recording = Recording.random(seed);
        MemoryPlan plan = recording.plan();
        Program unplanned = new Program("unplanned", recording.sections());
        float[] input = new float[(int) recording.input().size()];
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) Math.sin(i + seed);
        }
        try (Device device = Devices.open("reference");
                Executable wide = device.compile(unplanned);
                Executable tight = device.compile(plan.program())) {
            // Only a program that reads the input has an arena for it.
            if (unplanned.size(Arena.INPUTS) == input.length) {
                wide.write(recording.input(), input);
                tight.write(recording.input(), input);
            }
            wide.run(unplanned);
            tight.run(plan.program());
            for (Slot output : recording.outputs()) {
                assertThat(tight.readDoubles(plan.locate(output))).isEqualTo(wide.readDoubles(output));
            }
        }
    }

    @Test
    void aChainNeedsTwoPlacesOnly() {
        List<Kernel> kernels = new ArrayList<>();
        List<Slot> activations = new ArrayList<>();
        Slot previous = new Slot(Arena.INPUTS, 0, Shape.of(16));
        for (int i = 0; i < 9; i++) {
            Slot next = new Slot(Arena.ACTIVATIONS, 16L * i, Shape.of(16));
            kernels.add(new Scale(previous, next, 2));
            activations.add(next);
            previous = next;
        }
        MemoryPlan plan =
                MemoryPlan.of("chain", List.of(new Section("chain", kernels)), activations, List.of(previous));
        assertThat(plan.program().size(Arena.ACTIVATIONS)).isEqualTo(32);
    }

    @Test
    void viewsMoveWithWhatTheyShow() {
        Slot whole = new Slot(Arena.ACTIVATIONS, 1024, Shape.of(4, 8));
        Slot sum = new Slot(Arena.ACTIVATIONS, 2048, Shape.of(8));
        List<Kernel> kernels =
                List.of(new Scale(whole, whole, 2), new Scale(whole.part(8, 8), sum, 3), new Scale(sum, sum, 1));
        MemoryPlan plan = MemoryPlan.of(
                "views", List.of(new Section("s", kernels)), List.of(whole, sum), List.of(whole.part(24, 8)));
        Slot located = plan.locate(whole);
        assertThat(plan.locate(whole.part(8, 8)).offset()).isEqualTo(located.offset() + 8);
        assertThat(overlap(located, plan.locate(sum))).isFalse();
        Slot parameter = new Slot(Arena.PARAMETERS, 48, Shape.of(3));
        assertThat(plan.locate(parameter)).isEqualTo(parameter);
    }

    @Test
    void refusesWhatWasNeverRecorded() {
        Slot known = new Slot(Arena.ACTIVATIONS, 0, Shape.of(8));
        Slot stray = new Slot(Arena.ACTIVATIONS, 64, Shape.of(8));
        List<Section> sections = List.of(new Section("s", List.of(new Scale(known, stray, 2))));
        assertThatThrownBy(() -> MemoryPlan.of("stray", sections, List.of(known), List.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lies in no recorded activation");
        MemoryPlan plan = MemoryPlan.of("both", sections, List.of(known, stray), List.of());
        assertThatThrownBy(() -> plan.locate(stray.at(128))).hasMessageContaining("not part of this program");
    }
}
