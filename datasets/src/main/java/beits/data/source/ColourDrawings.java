package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.data.Seeds;
import beits.data.Splits;
import beits.image.Box;
import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PictureException;
import beits.image.Resampling;
import beits.image.Resize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The bundled colour sample: public-domain drawings of the Open Clip Art Library in ten classes, 64 x 64 with alpha. The
 * colours are already laid over white, so {@link Image#rgb()} is the drawing on white and channel 3 its foreground mask.
 */
public final class ColourDrawings implements Dataset {
    /** Where Debian's package {@code openclipart-png} puts the full collection. */
    public static final Path DEBIAN_FOLDER = Path.of("/usr/share/openclipart/png");

    /** Folders of the collection that are the classes. */
    public static final List<String> CLASS_NAMES = List.of(
            "animals",
            "computer",
            "food",
            "geography",
            "people",
            "recreation",
            "shapes",
            "signs_and_symbols",
            "tools",
            "transportation");

    /** Height and width of the prepared drawings. */
    public static final int SIDE = 64;

    private static final int LARGEST_SIDE = 4096;
    private static final int LEAST_FOREGROUND = SIDE * SIDE / 50;

    private final String name;
    private final byte[] pixels;
    private final byte[] labels;

    private ColourDrawings(String name, Idx.Values pictures, Idx.Values labels) {
        if (pictures.shape().size() != 4
                || pictures.shape().get(1) != SIDE
                || pictures.shape().get(2) != SIDE
                || pictures.shape().get(3) != 4
                || !labels.shape().equals(pictures.shape().subList(0, 1))) {
            throw new PictureException(
                    name,
                    "pictures %s, labels %s instead of [n, 64, 64, 4], [n]"
                            .formatted(pictures.shape(), labels.shape()));
        }
        for (byte label : labels.data()) {
            if ((label & 0xff) >= CLASS_NAMES.size()) {
                throw new PictureException(
                        name, "label %d with %d classes".formatted(label & 0xff, CLASS_NAMES.size()));
            }
        }
        this.name = name;
        this.pixels = pictures.data();
        this.labels = labels.data();
    }

    /** The bundled drawings. */
    public static ColourDrawings bundled(boolean train) {
        String part = train ? "train" : "test";
        return new ColourDrawings(
                "colour-drawings/" + part,
                resource("colour-drawings/%s-images-idx4-ubyte.gz".formatted(part)),
                resource("colour-drawings/%s-labels-idx1-ubyte.gz".formatted(part)));
    }

    /** Drawings that {@link #prepare} wrote into a folder. */
    public static ColourDrawings folder(Path folder, boolean train) {
        String part = train ? "train" : "test";
        return new ColourDrawings(
                folder + "/" + part,
                Idx.read(folder.resolve("%s-images-idx4-ubyte.gz".formatted(part))),
                Idx.read(folder.resolve("%s-labels-idx1-ubyte.gz".formatted(part))));
    }

    private static Idx.Values resource(String file) {
        try (InputStream in = ColourDrawings.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the datasets jar lacks " + file);
            }
            return Idx.read(in, file);
        } catch (IOException e) {
            throw new PictureException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /** What {@link #prepare} did. */
    public record Prepared(int train, int test, int duplicates, List<String> refused) {}

    /**
     * Makes the sample from the collection: of every class folder at most {@code perClass} drawings chosen by seed, one in
     * {@code testShare} for testing. Drawings with a side over 4096, without any transparency or with under 2 % of
     * foreground, and repetitions of an earlier one are left out.
     *
     * @param collection folder with one folder a class, for instance {@link #DEBIAN_FOLDER}
     * @param out existing folder for the four files
     */
    public static Prepared prepare(Path collection, Path out, int perClass, int testShare, long seed)
            throws IOException {
        ImageReader reader = new ImageReader(DecodeOptions.DEFAULT);
        Set<Image> seen = new HashSet<>();
        List<String> refused = new ArrayList<>();
        int duplicates = 0;
        List<Image> train = new ArrayList<>();
        List<Integer> trainLabels = new ArrayList<>();
        List<Image> test = new ArrayList<>();
        List<Integer> testLabels = new ArrayList<>();
        for (int label = 0; label < CLASS_NAMES.size(); label++) {
            List<Path> files = FileTree.pictures(collection.resolve(CLASS_NAMES.get(label)));
            int taken = 0;
            for (int i : Splits.permutation(files.size(), Seeds.of(seed, Seeds.Purpose.SUBSET, label))) {
                if (taken == perClass) {
                    break;
                }
                try {
                    Image drawing =
                            prepared(reader.read(files.get(i)), files.get(i).toString());
                    if (!seen.add(drawing)) {
                        duplicates++;
                        continue;
                    }
                    boolean forTest = taken % testShare == testShare - 1;
                    (forTest ? test : train).add(drawing);
                    (forTest ? testLabels : trainLabels).add(label);
                    taken++;
                } catch (PictureException e) {
                    refused.add(String.valueOf(e.getMessage()));
                }
            }
        }
        write(out, "train", train, trainLabels);
        write(out, "test", test, testLabels);
        return new Prepared(train.size(), test.size(), duplicates, List.copyOf(refused));
    }

    /** Over white, the longer side at 64, in the middle of a transparent square. */
    private static Image prepared(Image drawing, String name) {
        if (drawing.channels() != 4) {
            throw new PictureException(name, "has no alpha");
        }
        if (Math.max(drawing.height(), drawing.width()) > LARGEST_SIDE) {
            throw new PictureException(name, "a side over %d".formatted(LARGEST_SIDE));
        }
        double scale = (double) SIDE / Math.max(drawing.height(), drawing.width());
        int height = Math.max(1, (int) Math.rint(drawing.height() * scale));
        int width = Math.max(1, (int) Math.rint(drawing.width() * scale));
        Box whole = new Box(0, 0, drawing.height(), drawing.width());
        Image colours = Resize.resize(overWhite(drawing), whole, height, width, Resampling.BICUBIC);
        Image alpha = Resize.resize(drawing.channel(3), whole, height, width, Resampling.BICUBIC);
        byte[] out = new byte[SIDE * SIDE * 4];
        Arrays.fill(out, (byte) 255);
        for (int i = 3; i < out.length; i += 4) {
            out[i] = 0;
        }
        int top = (SIDE - height) / 2;
        int left = (SIDE - width) / 2;
        int foreground = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int to = ((top + y) * SIDE + left + x) * 4;
                System.arraycopy(colours.pixels(), (y * width + x) * 3, out, to, 3);
                out[to + 3] = alpha.pixels()[y * width + x];
                foreground += alpha.at(y, x, 0) >= 128 ? 1 : 0;
            }
        }
        if (foreground < LEAST_FOREGROUND || foreground == SIDE * SIDE) {
            throw new PictureException(name, "%d foreground pixels of %d".formatted(foreground, SIDE * SIDE));
        }
        return new Image(SIDE, SIDE, 4, out);
    }

    private static Image overWhite(Image drawing) {
        byte[] out = new byte[drawing.height() * drawing.width() * 3];
        for (int i = 0; i < out.length / 3; i++) {
            int alpha = drawing.pixels()[4 * i + 3] & 0xff;
            for (int c = 0; c < 3; c++) {
                int v = drawing.pixels()[4 * i + c] & 0xff;
                out[3 * i + c] = (byte) ((v * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        }
        return new Image(drawing.height(), drawing.width(), 3, out);
    }

    private static void write(Path out, String part, List<Image> drawings, List<Integer> labels) throws IOException {
        byte[] pixels = new byte[drawings.size() * SIDE * SIDE * 4];
        byte[] classes = new byte[drawings.size()];
        for (int i = 0; i < drawings.size(); i++) {
            System.arraycopy(drawings.get(i).pixels(), 0, pixels, i * SIDE * SIDE * 4, SIDE * SIDE * 4);
            classes[i] = labels.get(i).byteValue();
        }
        Files.write(
                out.resolve(part + "-images-idx4-ubyte.gz"),
                Idx.encode(new Idx.Values(List.of(drawings.size(), SIDE, SIDE, 4), pixels)));
        Files.write(
                out.resolve(part + "-labels-idx1-ubyte.gz"),
                Idx.encode(new Idx.Values(List.of(classes.length), classes)));
    }

    /** The drawings with two classes a pixel: 0 ground, 1 where alpha is at least 128. */
    public Dataset foreground() {
        return new Foreground(this);
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Sample get(int index) {
        int length = SIDE * SIDE * 4;
        Image image = new Image(SIDE, SIDE, 4, Arrays.copyOfRange(pixels, index * length, (index + 1) * length));
        return new Sample.Labelled(name(index), image, labels[index]);
    }

    @Override
    public String name(int index) {
        return name + "#" + index;
    }

    @Override
    public OptionalInt label(int index) {
        return OptionalInt.of(labels[index]);
    }

    @Override
    public List<String> classNames() {
        return CLASS_NAMES;
    }

    private record Foreground(ColourDrawings drawings) implements Dataset {
        @Override
        public int size() {
            return drawings.size();
        }

        @Override
        public Sample get(int index) {
            Image drawing = drawings.get(index).picture();
            byte[] mask = drawing.channel(3).pixels();
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) ((mask[i] & 0xff) >= 128 ? 1 : 0);
            }
            return new Sample.Segmented(name(index), drawing.rgb(), new Image(SIDE, SIDE, 1, mask));
        }

        @Override
        public String name(int index) {
            return drawings.name(index);
        }

        @Override
        public OptionalInt label(int index) {
            return OptionalInt.empty();
        }

        @Override
        public List<String> classNames() {
            return List.of("ground", "drawing");
        }
    }
}
