package beits.device.tornado;

import beits.device.tornado.kernel.Optimisers;
import beits.kernel.AdamW;
import beits.kernel.MovingAverage;
import java.util.ArrayList;
import java.util.List;

/** What a training step does to the parameters. */
final class OptimiserTasks {
    /** Elements of a chunk: small enough that every work-item gets some, large enough to look a slice up rarely. */
    private static final int CHUNK = 4096;

    /** Work-items that share a chunk, where each takes elements and not vectors. */
    private static final int LANES = 64;

    private OptimiserTasks() {}

    static List<KernelTask> adamW(AdamW k, Form form) {
        List<int[]> chunks = new ArrayList<>();
        double[] numbers = new double[Optimisers.FIRST_SLICE + 2 * k.slices().size()];
        numbers[0] = k.maxNorm();
        numbers[1] = k.beta1();
        numbers[2] = 1 - k.beta1();
        numbers[3] = k.beta2();
        numbers[4] = 1 - k.beta2();
        numbers[5] = k.epsilon();
        for (int s = 0; s < k.slices().size(); s++) {
            AdamW.Slice slice = k.slices().get(s);
            numbers[Optimisers.FIRST_SLICE + 2 * s] = slice.scale();
            numbers[Optimisers.FIRST_SLICE + 2 * s + 1] = slice.decayed() ? 1 : 0;
            for (long first = 0; first < slice.length(); first += CHUNK) {
                int length = (int) Math.min(CHUNK, slice.length() - first);
                chunks.add(new int[] {Math.toIntExact(slice.offset() + first), length, s});
            }
        }
        int header = Optimisers.FIRST_CHUNK - Arguments.FIRST_SIZE;
        int[] sizes = new int[header + 3 * chunks.size()];
        sizes[0] = chunks.size();
        sizes[1] = LANES;
        sizes[2] = k.norm() == null ? 0 : 1;
        for (int i = 0; i < chunks.size(); i++) {
            System.arraycopy(chunks.get(i), 0, sizes, header + 3 * i, 3);
        }
        return List.of(KernelTask.of(
                        form.vectors() ? "adamWStepOfChunks" : "adamWStep",
                        form.vectors() ? Range.single(chunks.size()) : Range.items(LANES, chunks.size()),
                        List.of(
                                Operand.of(k.parameters()),
                                Operand.of(k.gradients()),
                                Operand.of(k.moment1()),
                                Operand.of(k.moment2()),
                                Operand.of(k.rates()),
                                Operand.of(k.norm())),
                        sizes,
                        form.vectors()
                                ? (g, id, t) -> g.task(
                                        id,
                                        Optimisers::adamWStepOfChunks,
                                        t.floats(0),
                                        t.floats(1),
                                        t.floats(2),
                                        t.floats(3),
                                        t.floats(4),
                                        t.floats(5),
                                        t.places(),
                                        t.sizes(),
                                        t.constants())
                                : (g, id, t) -> g.task(
                                        id,
                                        Optimisers::adamWStep,
                                        t.floats(0),
                                        t.floats(1),
                                        t.floats(2),
                                        t.floats(3),
                                        t.floats(4),
                                        t.floats(5),
                                        t.places(),
                                        t.sizes(),
                                        t.constants()))
                .with(numbers));
    }

    static List<KernelTask> movingAverage(MovingAverage k) {
        int n = Math.toIntExact(k.average().size());
        return List.of(KernelTask.of(
                        "movingAverage",
                        Range.items(n),
                        List.of(Operand.of(k.parameters()), Operand.of(k.average())),
                        new int[] {n},
                        (g, id, t) -> g.task(
                                id,
                                Optimisers::movingAverage,
                                t.floats(0),
                                t.floats(1),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(k.decay(), 1 - k.decay()));
    }
}
