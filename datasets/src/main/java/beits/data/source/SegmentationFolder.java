package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PictureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Pictures and class masks with equal names in two folders, as ADE20K's {@code images/training/x.jpg} and
 * {@code annotations/training/x.png}.
 */
public final class SegmentationFolder implements Dataset {
    private final List<Path> pictures;
    private final Path pictureRoot;
    private final Path maskRoot;
    private final List<String> classNames;
    private final boolean reduceZeroLabel;
    private final ImageReader reader;

    /**
     * Finds the pairs; masks are read when they are asked for.
     *
     * @param classNames names in label order, after the reduction of label 0
     * @param reduceZeroLabel whether mask value 0 is ignored and the others count from 1 (ADE20K: yes)
     * @throws PictureException when there is no picture or one has no mask
     */
    public SegmentationFolder(
            Path pictureRoot, Path maskRoot, List<String> classNames, boolean reduceZeroLabel, ImageReader reader) {
        this.pictureRoot = pictureRoot;
        this.maskRoot = maskRoot;
        this.classNames = List.copyOf(classNames);
        this.reduceZeroLabel = reduceZeroLabel;
        this.reader = reader;
        pictures = FileTree.pictures(pictureRoot);
        if (pictures.isEmpty()) {
            throw new PictureException(pictureRoot.toString(), "no pictures in this folder");
        }
        for (Path picture : pictures) {
            if (!Files.isRegularFile(mask(picture))) {
                throw new PictureException(picture.toString(), "has no mask " + mask(picture));
            }
        }
    }

    /** ADE20K's folder: {@code images} and {@code annotations} with {@code training} and {@code validation} in each. */
    public static SegmentationFolder ade20k(Path root, boolean train, List<String> classNames, ImageReader reader) {
        String part = train ? "training" : "validation";
        return new SegmentationFolder(
                root.resolve("images").resolve(part),
                root.resolve("annotations").resolve(part),
                classNames,
                true,
                reader);
    }

    private Path mask(Path picture) {
        String relative = pictureRoot.relativize(picture).toString();
        return maskRoot.resolve(relative.substring(0, relative.lastIndexOf('.')) + ".png");
    }

    @Override
    public int size() {
        return pictures.size();
    }

    @Override
    public Sample get(int index) {
        Path file = pictures.get(index);
        Image picture = reader.read(file).rgb();
        Path maskFile = mask(file);
        Image mask = reader.readMask(maskFile);
        if (mask.height() != picture.height() || mask.width() != picture.width()) {
            throw new PictureException(
                    maskFile.toString(),
                    "%d x %d pixels where the picture has %d x %d"
                            .formatted(mask.height(), mask.width(), picture.height(), picture.width()));
        }
        return new Sample.Segmented(name(index), picture, labels(mask, maskFile));
    }

    private Image labels(Image mask, Path file) {
        byte[] labels = mask.pixels().clone();
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i] & 0xff;
            if (reduceZeroLabel) {
                label = label == 0 || label == Sample.Segmented.IGNORED ? Sample.Segmented.IGNORED : label - 1;
            }
            if (label != Sample.Segmented.IGNORED && label >= classNames.size()) {
                throw new PictureException(
                        file.toString(), "class %d with %d class names".formatted(labels[i] & 0xff, classNames.size()));
            }
            labels[i] = (byte) label;
        }
        return new Image(mask.height(), mask.width(), 1, labels);
    }

    @Override
    public String name(int index) {
        return pictures.get(index).toString();
    }

    @Override
    public OptionalInt label(int index) {
        return OptionalInt.empty();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }
}
