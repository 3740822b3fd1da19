package beits.device.cpu;

import beits.kernel.WindowProduct;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import beits.tensor.Storage;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arenas of some programs. */
final class Memory implements AutoCloseable {
    /**
     * Elements behind the last one of every arena and slot that may be read or written under a mask: a vector that reaches over
     * the end is then in bounds whatever its mask, which saves loops a second way through them (the compiler gave up loops that
     * met it, and compiled them again, up to 20 times while a program warmed up).
     */
    private static final int OVERHANG = Lanes.COUNT - 1;

    private final Map<Arena, Storage> storages = new EnumMap<>(Arena.class);

    /** Zeroed arenas as large as the programs reach; unfolded windows have room only where a step writes them. */
    Memory(List<Program> programs) {
        for (Arena arena : Arena.values()) {
            long size = programs.stream()
                    .mapToLong(program -> arena == Arena.UNFOLDED ? unfolded(program) : program.size(arena))
                    .max()
                    .orElse(0);
            if (size > 0) {
                storages.put(arena, Storage.allocate(arena.type(), size + OVERHANG));
            }
        }
    }

    private static long unfolded(Program program) {
        return program.kernels().stream()
                .mapToLong(kernel -> kernel instanceof WindowProduct product && Steps.unfolds(product)
                        ? product.columns().end()
                        : 0)
                .max()
                .orElse(0);
    }

    /** The elements of a slot, for kernels: with an overhang of less than a vector. */
    MemorySegment of(Slot slot) {
        return slot.size() == 0 ? MemorySegment.NULL : slice(slot, slot.size() + OVERHANG);
    }

    /** The elements of a slot and nothing else. */
    MemorySegment exactly(Slot slot) {
        return slot.size() == 0 ? MemorySegment.NULL : slice(slot, slot.size());
    }

    private MemorySegment slice(Slot slot, long length) {
        Storage storage = storages.get(slot.arena());
        if (storage == null || slot.end() > storage.length() - OVERHANG) {
            throw new IllegalArgumentException(slot + " lies outside the arenas of the compiled programs");
        }
        return storage.data().asSlice(slot.offset() * Float.BYTES, length * Float.BYTES);
    }

    /** The elements of a slot that may be absent. */
    @Nullable
    MemorySegment ofNullable(@Nullable Slot slot) {
        return slot == null ? null : of(slot);
    }

    /** Bytes of all arenas. */
    long bytes() {
        return storages.values().stream()
                .mapToLong(storage -> storage.length() * Float.BYTES)
                .sum();
    }

    @Override
    public void close() {
        storages.values().forEach(Storage::close);
    }
}
