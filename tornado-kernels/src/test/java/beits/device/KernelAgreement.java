package beits.device;

import beits.program.Program;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Judges a device against {@code reference}: {@code err = max|a − ref| / max(max|ref|, floor)} over each output; integers have to be
 * equal; memory around the operands has to be untouched.
 */
public final class KernelAgreement {
    /** Scale below which an output counts as zero; the cases' inputs are of the order of 1. */
    public static final double FLOOR = 1e-3;

    private KernelAgreement() {}

    /**
     * Runs a case on both devices.
     *
     * @return the largest error
     * @throws AssertionError when it is above the tolerance, naming operation, shape, worst place and both values
     */
    public static double check(Device device, KernelCase kernelCase, double tolerance) {
        KernelCase.Outcome expected;
        try (Device reference = Devices.open("reference")) {
            expected = kernelCase.run(reference);
        }
        return judge(kernelCase, device.description().name(), kernelCase.run(device), expected, tolerance);
    }

    /**
     * Runs many cases in one set of arenas, so that a device compiles each of its methods once.
     *
     * @return what is wrong, one line a case; none if all is well
     */
    public static List<String> failures(Device device, List<KernelCase> cases, double tolerance) {
        List<Program> programs = cases.stream().map(KernelCase::program).toList();
        List<Program> all = new ArrayList<>(programs);
        cases.forEach(kernelCase -> all.add(kernelCase.reach()));
        List<String> failures = new ArrayList<>();
        try (Device reference = Devices.open("reference");
                Executable executable = device.compile(all)) {
            for (int i = 0; i < cases.size(); i++) {
                KernelCase kernelCase = cases.get(i);
                try {
                    KernelCase.Outcome actual = kernelCase.run(executable, programs.get(i));
                    String name = device.description().name();
                    judge(kernelCase, name, actual, kernelCase.run(reference), tolerance);
                } catch (AssertionError e) {
                    failures.add(String.valueOf(e.getMessage()));
                }
            }
        }
        return failures;
    }

    static double judge(
            KernelCase kernelCase,
            String deviceName,
            KernelCase.Outcome actual,
            KernelCase.Outcome expected,
            double tolerance) {
        if (!expected.guardsIntact() || !actual.guardsIntact()) {
            throw new AssertionError(kernelCase + " on " + deviceName + ": wrote outside its outputs "
                    + kernelCase.kernel().writes());
        }
        double worst = 0;
        for (int i = 0; i < kernelCase.compared().size(); i++) {
            Slot slot = kernelCase.compared().get(i);
            String what = kernelCase + " on " + deviceName + ", output " + slot;
            double error = compare(
                    what, slot, actual.floats().get(i), expected.floats().get(i), tolerance);
            worst = Math.max(worst, error);
            requireEqual(what, actual.ints().get(i), expected.ints().get(i));
        }
        return worst;
    }

    private static double compare(String what, Slot slot, double[] actual, double[] expected, double tolerance) {
        double scale = FLOOR;
        for (double value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        double worst = 0;
        int place = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(actual[i] - expected[i]) / scale;
            // Nothing is worse than NaN.
            if (error > worst || Double.isNaN(error) && !Double.isNaN(worst)) {
                worst = error;
                place = i;
            }
        }
        if (!(worst <= tolerance)) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "%s: element %d (row %d, column %d) is %.9g, reference %.9g: error %.3g of scale %.3g, tolerance %.3g",
                    what,
                    place,
                    place / slot.shape().columns(),
                    place % slot.shape().columns(),
                    actual[place],
                    expected[place],
                    worst,
                    scale,
                    tolerance));
        }
        return worst;
    }

    private static void requireEqual(String what, int[] actual, int[] expected) {
        for (int i = 0; i < expected.length; i++) {
            if (actual[i] != expected[i]) {
                throw new AssertionError(what + ": element " + i + " is " + actual[i] + ", reference " + expected[i]);
            }
        }
    }
}
