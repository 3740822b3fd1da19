package beits.image;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * libjpeg-turbo through the foreign-function API, when the system has {@code libturbojpeg.so.0}: the same bytes as the
 * JDK's decoder and Pillow (accurate integer DCT, fancy up-sampling). Safe for use by many threads; every
 * call has its own decompressor.
 */
public final class TurboJpeg {
    private static final int GREY = 6;
    private static final int RGB = 0;

    private final MethodHandle init;
    private final MethodHandle decompress;
    private final MethodHandle destroy;
    private final MethodHandle error;

    private TurboJpeg(SymbolLookup library) {
        Linker linker = Linker.nativeLinker();
        init = linker.downcallHandle(
                library.findOrThrow("tjInitDecompress"), FunctionDescriptor.of(ValueLayout.ADDRESS));
        decompress = linker.downcallHandle(
                library.findOrThrow("tjDecompress2"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT),
                Linker.Option.critical(true));
        destroy = linker.downcallHandle(
                library.findOrThrow("tjDestroy"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        error = linker.downcallHandle(
                library.findOrThrow("tjGetErrorStr2"), FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    }

    /** The library, or empty when the system has none (Debian: {@code libturbojpeg0}). It stays loaded. */
    public static Optional<TurboJpeg> open() {
        try {
            return Optional.of(new TurboJpeg(SymbolLookup.libraryLookup("libturbojpeg.so.0", Arena.global())));
        } catch (IllegalArgumentException | java.util.NoSuchElementException absent) {
            return Optional.empty();
        }
    }

    Image decode(byte[] data, String name, JpegHeader header) {
        int channels = header.components() == 1 ? 1 : 3;
        Image image = Image.blank(header.height(), header.width(), channels);
        try {
            MemorySegment handle = (MemorySegment) init.invokeExact();
            try {
                int status = (int) decompress.invokeExact(
                        handle,
                        MemorySegment.ofArray(data),
                        (long) data.length,
                        MemorySegment.ofArray(image.pixels()),
                        header.width(),
                        0,
                        header.height(),
                        channels == 1 ? GREY : RGB,
                        0);
                if (status != 0) {
                    MemorySegment text = (MemorySegment) error.invokeExact(handle);
                    String warning = text.reinterpret(1024).getString(0);
                    if (!warning.contains("extraneous bytes")) {
                        throw new PictureException(name, "broken JPEG: " + warning);
                    }
                }
            } finally {
                int _ = (int) destroy.invokeExact(handle);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("calling libturbojpeg failed", e);
        }
        return image;
    }
}
