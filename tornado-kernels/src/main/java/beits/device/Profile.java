package beits.device;

import beits.kernel.Kernel;
import beits.kernel.MatMul;
import beits.program.Section;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the time of a program goes: kernels of the same label and shapes are added up. */
public final class Profile implements KernelListener {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * All runs of one kind of kernel.
     *
     * @param label name and result shape
     * @param runs how often it ran
     * @param seconds all runs together
     * @param flops all runs together
     * @param bytes that had to move at least, all runs together
     */
    public record Entry(String label, long runs, double seconds, long flops, long bytes) {
        /** Achieved GFLOP/s. */
        public double gigaflops() {
            return seconds == 0 ? 0 : flops / seconds / 1e9;
        }

        /** Achieved GB/s. */
        public double gigabytes() {
            return seconds == 0 ? 0 : bytes / seconds / 1e9;
        }

        private Entry plus(double moreSeconds, Kernel kernel) {
            return new Entry(label, runs + 1, seconds + moreSeconds, flops + kernel.flops(), bytes + kernel.bytes());
        }
    }

    @Override
    public void ran(Section section, Kernel kernel, long nanoseconds) {
        List<Slot> writes = kernel.writes();
        String label = kernel.label() + " "
                + (writes.isEmpty() ? "" : writes.getFirst().shape());
        if (kernel instanceof MatMul product) {
            label = "%s %dx%dx%d".formatted(kernel.label(), product.m(), product.n(), product.k());
        }
        Entry entry = entries.getOrDefault(label, new Entry(label, 0, 0, 0, 0));
        entries.put(label, entry.plus(nanoseconds / 1e9, kernel));
    }

    /** The kinds of kernels, the most expensive first. */
    public List<Entry> entries() {
        List<Entry> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingDouble(Entry::seconds).reversed());
        return sorted;
    }

    /** Time of everything. */
    public double seconds() {
        return entries.values().stream().mapToDouble(Entry::seconds).sum();
    }

    /** The roofline as a table: share of the time, achieved GFLOP/s and GB/s by kind of kernel. */
    public String table() {
        double total = seconds();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%-44s %6s %9s %7s %9s %8s%n", "kernel", "runs", "ms", "share", "GFLOP/s", "GB/s"));
        for (Entry e : entries()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-44s %6d %9.2f %6.1f%% %9.1f %8.1f%n",
                    e.label(),
                    e.runs(),
                    e.seconds() * 1e3,
                    100 * e.seconds() / total,
                    e.gigaflops(),
                    e.gigabytes()));
        }
        return text.toString();
    }
}
