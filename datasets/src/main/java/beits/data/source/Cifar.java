package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.image.Image;
import beits.image.PictureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * CIFAR-10 and CIFAR-100 in their binary form (Krizhevsky 2009): records of one or two label bytes and 3 x 32 x 32 planar
 * bytes. Held in memory.
 */
public final class Cifar implements Dataset {
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;

    @SuppressWarnings("ArrayRecordComponent") // a file in memory, never compared
    private record Entry(String file, byte[] bytes) {}

    private final List<Entry> files;
    private final int labelBytes;
    private final int labelAt;
    private final int recordsPerFile;
    private final int size;
    private final List<String> classNames;

    private Cifar(List<Path> paths, int labelBytes, int labelAt, List<String> classNames) {
        this.labelBytes = labelBytes;
        this.labelAt = labelAt;
        this.classNames = List.copyOf(classNames);
        int record = labelBytes + 3 * PLANE;
        List<Entry> read = new ArrayList<>();
        int total = 0;
        int first = -1;
        for (Path path : paths) {
            byte[] bytes = bytes(path);
            if (bytes.length == 0 || bytes.length % record != 0) {
                throw new PictureException(
                        path.toString(),
                        "%d bytes are no whole number of records of %d".formatted(bytes.length, record));
            }
            int count = bytes.length / record;
            if (first >= 0 && count > first) {
                throw new PictureException(
                        path.toString(), "%d records, more than the first file's %d".formatted(count, first));
            }
            if (!read.isEmpty() && total % first != 0) {
                throw new PictureException(path.toString(), "follows a file of fewer records");
            }
            first = first < 0 ? count : first;
            for (int i = 0; i < count; i++) {
                int label = bytes[i * record + labelAt] & 0xff;
                if (label >= classNames.size()) {
                    throw new PictureException(
                            path.toString(),
                            "label %d of record %d with %d classes".formatted(label, i, classNames.size()));
                }
            }
            read.add(new Entry(path.toString(), bytes));
            total += count;
        }
        files = List.copyOf(read);
        size = total;
        recordsPerFile = first;
    }

    /** CIFAR-10: {@code data_batch_1.bin} to {@code _5.bin} or {@code test_batch.bin}, and {@code batches.meta.txt}. */
    public static Cifar ten(Path folder, boolean train) {
        List<Path> files = new ArrayList<>();
        if (train) {
            for (int i = 1; i <= 5; i++) {
                files.add(folder.resolve("data_batch_%d.bin".formatted(i)));
            }
        } else {
            files.add(folder.resolve("test_batch.bin"));
        }
        return new Cifar(files, 1, 0, names(folder.resolve("batches.meta.txt"), 10));
    }

    /** CIFAR-100 with its 100 fine or 20 coarse classes: {@code train.bin} or {@code test.bin}, and the names' files. */
    public static Cifar hundred(Path folder, boolean train, boolean fine) {
        List<String> names = fine
                ? names(folder.resolve("fine_label_names.txt"), 100)
                : names(folder.resolve("coarse_label_names.txt"), 20);
        return new Cifar(List.of(folder.resolve(train ? "train.bin" : "test.bin")), 2, fine ? 1 : 0, names);
    }

    private static List<String> names(Path file, int count) {
        List<String> names = new String(bytes(file), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .toList();
        if (names.size() != count) {
            throw new PictureException(file.toString(), "%d class names instead of %d".formatted(names.size(), count));
        }
        return names;
    }

    private static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new PictureException(file.toString(), "not found; give the folder of CIFAR's binary version");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new PictureException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public int size() {
        return size;
    }

    private int recordAt(int index) {
        return index % recordsPerFile * (labelBytes + 3 * PLANE);
    }

    @Override
    public Sample get(int index) {
        byte[] bytes = files.get(index / recordsPerFile).bytes();
        int from = recordAt(index) + labelBytes;
        byte[] pixels = new byte[3 * PLANE];
        for (int i = 0; i < PLANE; i++) {
            for (int c = 0; c < 3; c++) {
                pixels[3 * i + c] = bytes[from + c * PLANE + i];
            }
        }
        return new Sample.Labelled(
                name(index), new Image(SIDE, SIDE, 3, pixels), label(index).orElseThrow());
    }

    @Override
    public String name(int index) {
        return files.get(index / recordsPerFile).file() + "#" + index % recordsPerFile;
    }

    @Override
    public OptionalInt label(int index) {
        return OptionalInt.of(files.get(index / recordsPerFile).bytes()[recordAt(index) + labelAt] & 0xff);
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }
}
