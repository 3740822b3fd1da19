package beits.device.tornado;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The signal handlers of this process as they are now, put back when closed.
 *
 * <p>The JVM learns of null pointers and of safepoints by SIGSEGV. A driver that compiles with LLVM (PoCL) puts LLVM's handlers in the
 * place of the JVM's when it is loaded or first compiles; they delete the files that LLVM is writing before they let the JVM have its
 * turn, and the compilation under way fails. LLVM does that once a process, so that the JVM's handlers stay when put back. With a null
 * pointer caught every 20 ms 98 of 100 compilations by PoCL 3.1 failed, with a garbage collection every 20 ms 51 of 100, and of 50
 * each none with the handlers put back.
 */
final class SignalHandlers implements AutoCloseable {
    /** POSIX' signals have the numbers 1 to 31, on Linux and macOS. */
    private static final int SIGNALS = 31;
    /** More than any system's {@code struct sigaction} (152 bytes with glibc); it is copied, never read. */
    private static final long ACTION_BYTES = 512;

    private static final Optional<MethodHandle> SIGACTION = Linker.nativeLinker()
            .defaultLookup()
            .find("sigaction")
            .map(found -> Linker.nativeLinker()
                    .downcallHandle(
                            found,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS)));

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment actions = arena.allocate(ACTION_BYTES * SIGNALS, Long.BYTES);

    private SignalHandlers() {
        for (int signal = 1; signal <= SIGNALS; signal++) {
            sigaction(signal, MemorySegment.NULL, action(signal));
        }
    }

    /** The handlers of now; none where the system has no {@code sigaction}. */
    static SignalHandlers keep() {
        return new SignalHandlers();
    }

    /** Puts them back; SIGKILL and SIGSTOP, which nobody can handle, are refused by the system and stay as they are. */
    @Override
    public void close() {
        for (int signal = 1; signal <= SIGNALS; signal++) {
            sigaction(signal, action(signal), MemorySegment.NULL);
        }
        arena.close();
    }

    private MemorySegment action(int signal) {
        return actions.asSlice((signal - 1) * ACTION_BYTES, ACTION_BYTES);
    }

    private static void sigaction(int signal, MemorySegment now, MemorySegment before) {
        if (SIGACTION.isEmpty()) {
            return;
        }
        try {
            int _ = (int) SIGACTION.get().invokeExact(signal, now, before);
        } catch (Throwable e) {
            throw new IllegalStateException("sigaction(" + signal + ")", e);
        }
    }
}
