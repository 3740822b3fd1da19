package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged and rearranged files: the readers either refuse them with their own exception or give tensors that are right, and
 * never allocate without bound. The number of files is set by {@code -Dbeits.test.mutations}.
 */
class FuzzTest {
    private static final int MUTATIONS = Integer.getInteger("beits.test.mutations", 500);
    private static final long MOST_ALLOCATED = 200L << 20;
    private static final int[] TELLING = {
        0, 1, 0x7f, 0x80, 0xff, '(', ')', '.', 'R', 'b', 'c', 'q', 'h', 't', 'u', 'X', '{', '"'
    };

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    /** Reads damaged bytes; gives null when they are refused. */
    @FunctionalInterface
    private interface Reader {
        NamedTensors read(MemorySegment bytes) throws CheckpointException;
    }

    private static byte[] mutate(byte[] original, SplittableRandom random) {
        byte[] bytes = original.clone();
        for (int change = 1 + random.nextInt(4); change > 0 && bytes.length > 0; change--) {
            int at = random.nextInt(bytes.length);
            int length = 1 + random.nextInt(Math.min(64, bytes.length - at));
            switch (random.nextInt(7)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) TELLING[random.nextInt(TELLING.length)];
                case 2 -> bytes = Arrays.copyOf(bytes, at);
                case 3 -> bytes = join(bytes, at, new byte[0], at + length);
                case 4 -> bytes = join(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
                case 5 -> Arrays.fill(bytes, at, at + length, (byte) TELLING[random.nextInt(TELLING.length)]);
                default -> {
                    int from = random.nextInt(bytes.length - length + 1);
                    System.arraycopy(original, Math.min(from, original.length - length), bytes, at, length);
                }
            }
        }
        return bytes;
    }

    private static byte[] join(byte[] bytes, int end, byte[] middle, int begin) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(bytes, 0, end);
        joined.writeBytes(middle);
        joined.write(bytes, begin, bytes.length - begin);
        return joined.toByteArray();
    }

    /** Runs the mutations and gives how many were read all the same. */
    private int run(String name, byte[] original, Reader reader, @Nullable NamedTensors right) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        int read = 0;
        long slowest = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = mutate(original, random);
            long before = threads.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            try {
                NamedTensors tensors = reader.read(MemorySegment.ofArray(damaged));
                read++;
                if (right != null) {
                    Golden.assertSameBits(tensors, right);
                }
            } catch (CheckpointException e) {
                assertThat(e.getMessage())
                        .as("%s, mutation %s", name, i)
                        .startsWith("damaged")
                        .doesNotContain("\n");
            } catch (RuntimeException | Error e) {
                throw new AssertionError(name + ", mutation " + i, e);
            }
            slowest = Math.max(slowest, System.nanoTime() - start);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("%s, mutation %s: bytes allocated", name, i)
                    .isLessThan(MOST_ALLOCATED);
        }
        if (Boolean.getBoolean("beits.test.report")) {
            System.out.printf("%s: %d mutations, %d read, slowest %.1f ms%n", name, MUTATIONS, read, slowest / 1e6);
        }
        return read;
    }

    private static byte[] golden(String name) throws IOException {
        return Files.readAllBytes(Golden.path("checkpoints/" + name));
    }

    @Test
    void safetensorsOfOurOwnAreRightOrRefused() throws IOException {
        Path file = folder.resolve("own.safetensors");
        NamedTensors right = PyTorchFile.read(Golden.path("checkpoints/unusual/unusual_zip.pth"))
                .model();
        Safetensors.write(file, right);
        run("own", Files.readAllBytes(file), bytes -> Safetensors.read(bytes, "damaged"), right);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unusual/expected.safetensors", "cls_tiny/hf.safetensors"})
    void foreignSafetensorsAreRefusedOrWhole(String name) throws IOException {
        run(name, golden(name), bytes -> Safetensors.read(bytes, "damaged"), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unusual/unusual_zip.pth", "dalle_tiny/encoder_zip.pkl"})
    void archivesAreRightOrRefused(String name) throws IOException {
        byte[] whole = golden(name);
        NamedTensors right =
                PyTorchFile.read(MemorySegment.ofArray(whole), name).model();
        run(name, whole, bytes -> PyTorchFile.read(bytes, "damaged").model(), right);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unusual/unusual_legacy.pth", "dalle_tiny/encoder_legacy.pkl"})
    void legacyFilesAreRefusedOrWhole(String name) throws IOException {
        run(name, golden(name), bytes -> PyTorchFile.read(bytes, "damaged").everyTensor(), null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"unusual/unusual_zip.pth", "unusual/unusual_zip_protocol4.pth", "dalle_tiny/decoder_zip.pkl"})
    void picklesOfSoundArchivesAreRefusedOrWhole(String name) throws IOException {
        byte[] whole = golden(name);
        ZipArchive archive = new ZipArchive(name, MemorySegment.ofArray(whole));
        String pickle = archive.names().stream()
                .filter(entry -> entry.endsWith("/data.pkl"))
                .findFirst()
                .orElseThrow();
        byte[] original = archive.bytes(pickle).toArray(ValueLayout.JAVA_BYTE);
        run(
                name,
                original,
                damaged -> {
                    byte[] zip = zip(archive, Map.of(pickle, damaged.toArray(ValueLayout.JAVA_BYTE)));
                    PyTorchFile file = PyTorchFile.read(MemorySegment.ofArray(zip), "damaged");
                    file.everyTensor();
                    return file.model();
                },
                null);
    }

    @Test
    void compressedArchivesAreRightOrRefused() throws IOException {
        byte[] whole = golden("unusual/unusual_zip.pth");
        NamedTensors right =
                PyTorchFile.read(MemorySegment.ofArray(whole), "stored").model();
        byte[] compressed = zip(new ZipArchive("stored", MemorySegment.ofArray(whole)), Map.of());
        assertThat(compressed.length).isLessThan(whole.length);
        Golden.assertSameBits(
                PyTorchFile.read(MemorySegment.ofArray(compressed), "compressed")
                        .model(),
                right);
        run(
                "compressed",
                compressed,
                bytes -> PyTorchFile.read(bytes, "damaged").model(),
                right);
    }

    /** The archive's entries again: compressed, or stored when some are replaced. */
    private static byte[] zip(ZipArchive archive, Map<String, byte[]> replaced) throws CheckpointException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (String name : archive.names()) {
                byte[] content = replaced.getOrDefault(name, archive.bytes(name).toArray(ValueLayout.JAVA_BYTE));
                ZipEntry entry = new ZipEntry(name);
                if (!replaced.isEmpty()) {
                    CRC32 crc = new CRC32();
                    crc.update(content);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.length);
                    entry.setCrc(crc.getValue());
                }
                out.putNextEntry(entry);
                out.write(content);
                out.closeEntry();
            }
        } catch (CheckpointException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
