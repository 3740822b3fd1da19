package beits.device.reference;

import beits.device.DeviceException;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The arenas of an executable: doubles for floats, ints for integers. Each is as large as the programs together reach. */
final class Memory {
    /** Arenas that mirror the parameters offset for offset and are therefore of one size, once a program reaches any of them. */
    private static final Set<Arena> MIRRORS =
            EnumSet.of(Arena.PARAMETERS, Arena.GRADIENTS, Arena.MOMENT1, Arena.MOMENT2, Arena.AVERAGE);

    private final Map<Arena, double[]> floats = new EnumMap<>(Arena.class);
    private final Map<Arena, int[]> ints = new EnumMap<>(Arena.class);

    Memory(List<Program> programs) {
        long mirrored = 0;
        for (Arena arena : MIRRORS) {
            mirrored = Math.max(mirrored, reach(arena, programs));
        }
        for (Arena arena : Arena.values()) {
            long reach = reach(arena, programs);
            int length = length(arena, reach > 0 && MIRRORS.contains(arena) ? mirrored : reach);
            switch (arena.type()) {
                case FLOAT32 -> floats.put(arena, new double[length]);
                case INT32 -> ints.put(arena, new int[length]);
            }
        }
    }

    private static long reach(Arena arena, List<Program> programs) {
        return programs.stream().mapToLong(program -> program.size(arena)).max().orElse(0);
    }

    private static int length(Arena arena, long elements) {
        long limit = Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / Double.BYTES);
        if (elements > limit) {
            throw new DeviceException(("device reference: %d elements of %s do not fit the Java heap (at most %d);"
                            + " make the batch smaller, give -Xmx more, or use cpu")
                    .formatted(elements, arena, limit));
        }
        return (int) elements;
    }

    Doubles floats(Slot slot) {
        double[] arena = floats.get(slot.arena());
        if (arena == null) {
            throw new IllegalArgumentException(slot + " holds integers, not floats");
        }
        requireInside(slot, arena.length);
        return new Doubles(arena, (int) slot.offset(), (int) slot.size());
    }

    @Nullable
    Doubles floatsOrNone(@Nullable Slot slot) {
        return slot == null ? null : floats(slot);
    }

    Ints ints(Slot slot) {
        int[] arena = ints.get(slot.arena());
        if (arena == null) {
            throw new IllegalArgumentException(slot + " holds floats, not integers");
        }
        requireInside(slot, arena.length);
        return new Ints(arena, (int) slot.offset(), (int) slot.size());
    }

    @Nullable
    Ints intsOrNone(@Nullable Slot slot) {
        return slot == null ? null : ints(slot);
    }

    /** Bytes of all arenas. */
    long bytes() {
        long bytes = 0;
        for (double[] arena : floats.values()) {
            bytes += (long) arena.length * Double.BYTES;
        }
        for (int[] arena : ints.values()) {
            bytes += (long) arena.length * ElementType.BYTES;
        }
        return bytes;
    }

    private static void requireInside(Slot slot, int length) {
        if (slot.end() > length) {
            throw new IllegalArgumentException(
                    "%s lies outside the compiled arena of %d elements; compile a program that reaches it"
                            .formatted(slot, length));
        }
    }
}
