package beits.device.cpu;

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
    private final Map<Arena, Storage> storages = new EnumMap<>(Arena.class);

    /** Zeroed arenas as large as the programs reach. */
    Memory(List<Program> programs) {
        for (Arena arena : Arena.values()) {
            long size = programs.stream()
                    .mapToLong(program -> program.size(arena))
                    .max()
                    .orElse(0);
            if (size > 0) {
                storages.put(arena, Storage.allocate(arena.type(), size));
            }
        }
    }

    /** The elements of a slot. */
    MemorySegment of(Slot slot) {
        Storage storage = storages.get(slot.arena());
        if (slot.size() == 0) {
            return MemorySegment.NULL;
        }
        if (storage == null || slot.end() > storage.length()) {
            throw new IllegalArgumentException(slot + " lies outside the arenas of the compiled programs");
        }
        return storage.data().asSlice(slot.offset() * Float.BYTES, slot.size() * Float.BYTES);
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
