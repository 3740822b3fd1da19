package beits.device;

import static org.assertj.core.api.Assertions.assertThat;

import beits.kernel.Kernel;
import beits.tensor.Slot;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelCasesTest {

    static Stream<KernelCase> cases() {
        return KernelCases.all().stream();
    }

    @Test
    void everyKernelHasACase() {
        Set<Class<?>> covered = cases().map(c -> c.kernel().getClass()).collect(Collectors.toSet());
        assertThat(covered).isEqualTo(records(Kernel.class).collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Stream.of(type.getPermittedSubclasses()).flatMap(KernelCasesTest::records);
    }

    @Test
    void namesAreUnique() {
        assertThat(cases().map(KernelCase::toString)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theReferenceAgreesWithItselfAndSetsEveryOutput(KernelCase kernelCase) {
        try (Device reference = Devices.open("reference")) {
            assertThat(KernelAgreement.check(reference, kernelCase, 0)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatAKernelReadsAndWritesIsWhatMappingReaches(KernelCase kernelCase) {
        Kernel kernel = kernelCase.kernel();
        Kernel moved = kernel.map(slot -> slot.at(slot.offset() + 64));
        assertThat(moved.reads()).isEqualTo(moved(kernel.reads()));
        assertThat(moved.writes()).isEqualTo(moved(kernel.writes()));
        assertThat(moved.map(slot -> slot.at(slot.offset() - 64))).isEqualTo(kernel);
        assertThat(moved.flops()).isEqualTo(kernel.flops());
    }

    private static List<Slot> moved(List<Slot> slots) {
        return slots.stream().map(slot -> slot.at(slot.offset() + 64)).toList();
    }

    @Test
    void theDataOfACaseCoverWhatItReads() {
        for (KernelCase c : KernelCases.all()) {
            assertThat(c.kernel().reads())
                    .as(c.toString())
                    .allMatch(slot -> c.floats().containsKey(slot) || c.ints().containsKey(slot));
        }
    }
}
