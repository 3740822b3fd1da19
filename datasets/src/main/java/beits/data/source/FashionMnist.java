package beits.data.source;

import beits.data.Dataset;
import beits.data.Seeds;
import beits.data.Splits;
import beits.image.PictureException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): grey 28 x 28 pictures of ten kinds of clothing. A balanced sample of 10,000
 * training and 2,000 test pictures is bundled; the full set (60,000 and 10,000) is read from a folder.
 */
public final class FashionMnist {
    /** The data's names of its ten classes. */
    public static final List<String> CLASS_NAMES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    /** Where Debian's package {@code dataset-fashion-mnist} puts the full set. */
    public static final Path DEBIAN_FOLDER = Path.of("/usr/share/datasets/fashion-mnist");

    /** Training or test pictures. */
    public enum Part {
        TRAIN("train"),
        TEST("t10k");

        private final String prefix;

        Part(String prefix) {
            this.prefix = prefix;
        }

        private String pictures() {
            return prefix + "-images-idx3-ubyte.gz";
        }

        private String labels() {
            return prefix + "-labels-idx1-ubyte.gz";
        }
    }

    private FashionMnist() {}

    /** The bundled sample: 1,000 training or 200 test pictures of each class. */
    public static Dataset bundled(Part part) {
        return new IdxDataset(
                "fashion-mnist-sample/" + part.prefix, resource(part.pictures()), resource(part.labels()), CLASS_NAMES);
    }

    private static Idx.Values resource(String file) {
        String name = "fashion-mnist/" + file;
        try (InputStream in = FashionMnist.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the datasets jar lacks " + name);
            }
            return Idx.read(in, name);
        } catch (IOException e) {
            throw new PictureException(name, "cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Pictures in a folder with the original file names, compressed or not. MNIST has the same names and shapes; only the
     * class names differ, see {@link #folder(Path, Part, List)}.
     */
    public static Dataset folder(Path folder, Part part) {
        return folder(folder, part, CLASS_NAMES);
    }

    /** As {@link #folder(Path, Part)} with other class names, for MNIST the digits. */
    public static Dataset folder(Path folder, Part part, List<String> classNames) {
        return open(folder, part, classNames);
    }

    private static IdxDataset open(Path folder, Part part, List<String> classNames) {
        return new IdxDataset(
                folder + "/" + part.prefix,
                Idx.read(existing(folder, part.pictures())),
                Idx.read(existing(folder, part.labels())),
                classNames);
    }

    private static Path existing(Path folder, String file) {
        Path compressed = folder.resolve(file);
        Path plain = folder.resolve(file.substring(0, file.length() - ".gz".length()));
        if (Files.isRegularFile(compressed)) {
            return compressed;
        }
        if (Files.isRegularFile(plain)) {
            return plain;
        }
        throw new PictureException(
                compressed.toString(),
                "not found; install Debian's dataset-fashion-mnist or give the folder of the IDX files");
    }

    /**
     * Writes a balanced sample of the full set: how the bundled files are made, with 1,000 training and 200 test pictures a
     * class and seed 1.
     *
     * @param full folder of the full set
     * @param out existing folder for the four files
     */
    public static void prepareSample(Path full, Path out, int trainPerClass, int testPerClass, long seed)
            throws IOException {
        for (Part part : Part.values()) {
            IdxDataset data = open(full, part, CLASS_NAMES);
            int[] chosen = balanced(data, part == Part.TRAIN ? trainPerClass : testPerClass, seed);
            Files.write(out.resolve(part.pictures()), Idx.encode(data.pictures(chosen)));
            Files.write(out.resolve(part.labels()), Idx.encode(data.labels(chosen)));
        }
    }

    private static int[] balanced(Dataset data, int perClass, long seed) {
        int[] taken = new int[CLASS_NAMES.size()];
        int[] chosen = Arrays.stream(Splits.permutation(data.size(), Seeds.of(seed, Seeds.Purpose.SUBSET)))
                .filter(i -> taken[data.label(i).orElseThrow()]++ < perClass)
                .toArray();
        Arrays.sort(chosen);
        return chosen;
    }
}
