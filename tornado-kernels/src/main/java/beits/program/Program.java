package beits.program;

import beits.kernel.Kernel;
import beits.tensor.Arena;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a device runs: a flat list of kernels, cut into sections, over memory planned ahead. Shapes are static; nothing is
 * allocated while it runs.
 */
public final class Program {
    private final String name;
    private final List<Section> sections;
    private final Map<Arena, Long> sizes;

    /** A program of these sections; the arenas are as large as its slots reach. */
    public Program(String name, List<Section> sections) {
        this.name = name;
        this.sections = List.copyOf(sections);
        Map<Arena, Long> reach = new EnumMap<>(Arena.class);
        for (Kernel kernel : kernels()) {
            for (List<Slot> slots : List.of(kernel.reads(), kernel.writes())) {
                for (Slot slot : slots) {
                    reach.merge(slot.arena(), slot.end(), Math::max);
                }
            }
        }
        this.sizes = reach;
    }

    /** Name in listings and profiles. */
    public String name() {
        return name;
    }

    /** The sections in order of execution. */
    public List<Section> sections() {
        return sections;
    }

    /** All kernels in order of execution. */
    public List<Kernel> kernels() {
        List<Kernel> kernels = new ArrayList<>();
        for (Section section : sections) {
            kernels.addAll(section.kernels());
        }
        return kernels;
    }

    /** Elements of an arena that the program reaches. */
    public long size(Arena arena) {
        return sizes.getOrDefault(arena, 0L);
    }

    /** Bytes of all arenas together but the one for unfolded windows, which not every device writes. */
    public long memory() {
        return (sizes.values().stream().mapToLong(Long::longValue).sum() - size(Arena.UNFOLDED)) * ElementType.BYTES;
    }

    /** Floating-point operations of one run. */
    public long flops() {
        return kernels().stream().mapToLong(Kernel::flops).sum();
    }

    /** The program as text: sections, kernels with their operands, costs, and the arenas. */
    public String listing() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "program %s: %d sections, %d kernels, %.3f GFLOP, %.1f MB%n",
                name,
                sections.size(),
                kernels().size(),
                flops() / 1e9,
                memory() / 1e6));
        sizes.forEach((arena, size) -> text.append(String.format(
                Locale.ROOT, "  arena %-12s %,15d elements%n", arena.name().toLowerCase(Locale.ROOT), size)));
        for (Section section : sections) {
            text.append(section.name()).append('\n');
            for (Kernel kernel : section.kernels()) {
                text.append(String.format(
                        Locale.ROOT, "  %-28s %s <- %s%n", kernel.label(), kernel.writes(), kernel.reads()));
            }
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return "Program[" + name + "]";
    }
}
