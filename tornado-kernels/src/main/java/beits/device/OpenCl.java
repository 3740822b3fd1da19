package beits.device;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;

/** Asks the OpenCL loader what it finds, before TornadoVM does: TornadoVM's own complaint is written past Java's streams. */
public final class OpenCl {
    private static final List<String> LIBRARIES = List.of("libOpenCL.so.1", "libOpenCL.so", "OpenCL.dll");

    private OpenCl() {}

    /**
     * Platforms (drivers) that the OpenCL loader finds, 0 without a loader.
     *
     * <p>Source: {@code clGetPlatformIDs} of the OpenCL specification, "Querying Platform Info".
     */
    public static int platforms() {
        return LIBRARIES.stream()
                .map(OpenCl::getPlatformIds)
                .flatMap(Optional::stream)
                .findFirst()
                .map(OpenCl::count)
                .orElse(0);
    }

    private static Optional<MemorySegment> getPlatformIds(String library) {
        try {
            // Never unloaded: drivers do not bear that.
            return SymbolLookup.libraryLookup(library, Arena.global()).find("clGetPlatformIDs");
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int count(MemorySegment function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            int error = (int) Linker.nativeLinker()
                    .downcallHandle(
                            function,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS))
                    .invokeExact(0, MemorySegment.NULL, count);
            return error == 0 ? count.get(ValueLayout.JAVA_INT, 0) : 0;
        } catch (Throwable e) {
            throw new IllegalStateException("clGetPlatformIDs could not be called", e);
        }
    }
}
