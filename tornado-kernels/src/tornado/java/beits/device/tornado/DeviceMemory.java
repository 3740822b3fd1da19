package beits.device.tornado;

import beits.device.DeviceException;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import beits.tensor.Storage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arenas of an executable and its scratch: host memory that TornadoVM's arrays wrap without a copy. */
final class DeviceMemory implements AutoCloseable {
    /** Arenas of the same layout and therefore of one size, once a program reaches any of them. */
    private static final Set<Arena> MIRRORS =
            EnumSet.of(Arena.PARAMETERS, Arena.GRADIENTS, Arena.MOMENT1, Arena.MOMENT2, Arena.AVERAGE);

    private final Map<Arena, Storage> storages = new EnumMap<>(Arena.class);
    private final Map<Arena, FloatArray> floats = new EnumMap<>(Arena.class);
    private final Map<Arena, IntArray> ints = new EnumMap<>(Arena.class);
    private final Storage scratchStorage;
    private final FloatArray scratch;

    /**
     * Sizes of the arenas that programs need. Unfolded windows have none: they lie in the scratch.
     *
     * @param elements of each arena
     * @param scratch elements of the scratch
     */
    record Sizes(Map<Arena, Long> elements, long scratch) {
        static Sizes of(List<Program> programs, long scratch) {
            Map<Arena, Long> elements = new EnumMap<>(Arena.class);
            long mirrored = 0;
            for (Arena arena : EnumSet.complementOf(EnumSet.of(Arena.UNFOLDED))) {
                long reach = programs.stream()
                        .mapToLong(program -> program.size(arena))
                        .max()
                        .orElse(0);
                elements.put(arena, Math.max(reach, Slot.ALIGNMENT));
                if (MIRRORS.contains(arena)) {
                    mirrored = Math.max(mirrored, reach);
                }
            }
            for (Arena arena : MIRRORS) {
                if (programs.stream().anyMatch(program -> program.size(arena) > 0)) {
                    elements.put(arena, Math.max(mirrored, Slot.ALIGNMENT));
                }
            }
            return new Sizes(elements, Math.max(scratch, Slot.ALIGNMENT));
        }

        long bytes() {
            return ElementType.BYTES
                    * (scratch
                            + elements.values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum());
        }

        /** Elements of the largest buffer. */
        long largest() {
            return Math.max(
                    scratch,
                    elements.values().stream().mapToLong(Long::longValue).max().orElse(0));
        }

        /** Name of the largest buffer. */
        String largestName() {
            return elements.entrySet().stream()
                    .filter(entry -> entry.getValue() == largest())
                    .map(entry -> entry.getKey().name())
                    .findFirst()
                    .orElse("scratch");
        }
    }

    DeviceMemory(Sizes sizes) {
        try {
            sizes.elements().forEach((arena, length) -> {
                Storage storage = Storage.allocate(arena.type(), length);
                storages.put(arena, storage);
                switch (arena.type()) {
                    case FLOAT32 -> floats.put(arena, wrapFloats(storage));
                    case INT32 ->
                        ints.put(arena, IntArray.fromSegmentShallow(storage.withHeader((int)
                                TornadoNativeArray.ARRAY_HEADER)));
                }
            });
            scratchStorage = Storage.allocate(ElementType.FLOAT32, sizes.scratch());
        } catch (OutOfMemoryError e) {
            storages.values().forEach(Storage::close);
            throw new DeviceException(
                    ("device tornado: no room for %.2f GB of host memory beside the device's; use a smaller batch or"
                                    + " give java a larger -XX:MaxDirectMemorySize")
                            .formatted(sizes.bytes() / 1e9),
                    e);
        }
        scratch = wrapFloats(scratchStorage);
    }

    private static FloatArray wrapFloats(Storage storage) {
        return FloatArray.fromSegmentShallow(storage.withHeader((int) TornadoNativeArray.ARRAY_HEADER));
    }

    FloatArray floats(Arena arena) {
        FloatArray array = floats.get(arena);
        if (array == null) {
            throw new IllegalArgumentException(arena + " holds integers, not floats");
        }
        return array;
    }

    IntArray ints(Arena arena) {
        IntArray array = ints.get(arena);
        if (array == null) {
            throw new IllegalArgumentException(arena + " holds floats, not integers");
        }
        return array;
    }

    FloatArray scratch() {
        return scratch;
    }

    /** Everything that lives on the device. */
    Object[] arrays() {
        List<Object> arrays = new ArrayList<>(floats.values());
        arrays.addAll(ints.values());
        arrays.add(scratch);
        return arrays.toArray();
    }

    /** The host's memory of an arena. */
    Storage storage(Arena arena) {
        return Objects.requireNonNull(storages.get(arena));
    }

    @Override
    public void close() {
        storages.values().forEach(Storage::close);
        scratchStorage.close();
    }
}
