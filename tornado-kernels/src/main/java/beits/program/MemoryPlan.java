package beits.program;

import beits.kernel.Kernel;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Places activations by lifetime. A recording gives every activation an address of its own in an unbounded arena; the plan finds
 * from when to when each one is in use and lets those that never meet share memory. Largest first, each goes to the lowest place
 * that is free during its whole life (the "greedy by size" rule of Pisarchyk and Lee, arXiv:2001.03288).
 */
public final class MemoryPlan {
    private final NavigableMap<Long, Placement> placements;
    private final Program program;

    private record Placement(long from, long size, long to) {}

    private record Life(long address, long size, int first, int last) {
        boolean meets(Life other) {
            return first <= other.last && other.first <= last;
        }
    }

    private MemoryPlan(NavigableMap<Long, Placement> placements, String name, List<Section> sections) {
        this.placements = placements;
        this.program = new Program(
                name,
                sections.stream()
                        .map(s -> new Section(
                                s.name(),
                                s.kernels().stream()
                                        .map(k -> k.map(this::locate))
                                        .toList()))
                        .toList());
    }

    /**
     * Plans a recording.
     *
     * @param name name of the program
     * @param sections kernels whose activations lie at their recorded addresses
     * @param activations every activation as it was allocated; views lie within these
     * @param outputs activations that the host reads after a run: they keep their memory to the end
     */
    public static MemoryPlan of(
            String name, List<Section> sections, Collection<Slot> activations, Collection<Slot> outputs) {
        NavigableMap<Long, Slot> allocations = new TreeMap<>();
        for (Slot slot : activations) {
            allocations.put(slot.offset(), slot);
        }
        Map<Long, int[]> spans = new TreeMap<>();
        int position = 0;
        for (Section section : sections) {
            for (Kernel kernel : section.kernels()) {
                touch(kernel.reads(), position, allocations, spans);
                touch(kernel.writes(), position, allocations, spans);
                position++;
            }
        }
        for (Slot output : outputs) {
            touch(List.of(output), position, allocations, spans);
        }
        List<Life> lives = new ArrayList<>();
        spans.forEach((address, span) -> {
            Slot slot = Objects.requireNonNull(allocations.get(address));
            lives.add(new Life(address, Slot.align(slot.size()), span[0], span[1]));
        });
        return new MemoryPlan(place(lives), name, sections);
    }

    private static void touch(
            List<Slot> slots, int position, NavigableMap<Long, Slot> allocations, Map<Long, int[]> spans) {
        for (Slot slot : slots) {
            if (slot.arena() == Arena.ACTIVATIONS) {
                Map.Entry<Long, Slot> base = allocations.floorEntry(slot.offset());
                if (base == null || slot.end() > base.getValue().end()) {
                    throw new IllegalStateException(slot + " lies in no recorded activation");
                }
                int[] span = spans.computeIfAbsent(base.getKey(), _ -> new int[] {position, position});
                span[1] = Math.max(span[1], position);
            }
        }
    }

    private static NavigableMap<Long, Placement> place(List<Life> lives) {
        List<Life> order = new ArrayList<>(lives);
        order.sort(Comparator.comparingLong(Life::size).reversed().thenComparingLong(Life::address));
        record Placed(Life life, long at) {}
        List<Placed> placed = new ArrayList<>();
        NavigableMap<Long, Placement> result = new TreeMap<>();
        for (Life life : order) {
            long at = 0;
            for (Placed other : placed) {
                if (other.life.meets(life) && at + life.size > other.at) {
                    if (at < other.at + other.life.size) {
                        at = other.at + other.life.size;
                    }
                }
            }
            Placed mine = new Placed(life, at);
            int where = placed.size();
            while (where > 0 && placed.get(where - 1).at > at) {
                where--;
            }
            placed.add(where, mine);
            result.put(life.address, new Placement(life.address, life.size, at));
        }
        return result;
    }

    /** The program over planned memory. */
    public Program program() {
        return program;
    }

    /** Where a recorded slot lies in the planned program; slots of other arenas stay where they are. */
    public Slot locate(Slot recorded) {
        if (recorded.arena() != Arena.ACTIVATIONS) {
            return recorded;
        }
        Map.Entry<Long, Placement> entry = placements.floorEntry(recorded.offset());
        if (entry == null
                || recorded.offset()
                        >= entry.getKey() + Math.max(1, entry.getValue().size())) {
            throw new IllegalArgumentException(recorded + " is not part of this program");
        }
        return recorded.at(entry.getValue().to() + recorded.offset() - entry.getKey());
    }
}
