package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.image.Image;
import beits.image.PictureException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Grey pictures and labels held in memory, from a pair of IDX files. */
public final class IdxDataset implements Dataset {
    private final String name;
    private final int height;
    private final int width;
    private final byte[] pictures;
    private final byte[] labels;
    private final List<String> classNames;

    /**
     * Joins pictures [n, height, width] and labels [n].
     *
     * @param name what to call the pair in messages
     * @throws PictureException when shapes or labels do not fit
     */
    public IdxDataset(String name, Idx.Values pictures, Idx.Values labels, List<String> classNames) {
        List<Integer> shape = pictures.shape();
        if (shape.size() != 3
                || labels.shape().size() != 1
                || !shape.getFirst().equals(labels.shape().getFirst())) {
            throw new PictureException(
                    name,
                    "pictures %s and labels %s are no pair of [n, h, w] and [n]".formatted(shape, labels.shape()));
        }
        if (shape.get(0) == 0 || shape.get(1) == 0 || shape.get(2) == 0) {
            throw new PictureException(name, "holds no pictures: " + shape);
        }
        for (int i = 0; i < labels.data().length; i++) {
            if ((labels.data()[i] & 0xff) >= classNames.size()) {
                throw new PictureException(
                        name,
                        "label %d of picture %d with %d classes"
                                .formatted(labels.data()[i] & 0xff, i, classNames.size()));
            }
        }
        this.name = name;
        this.height = shape.get(1);
        this.width = shape.get(2);
        this.pictures = pictures.data();
        this.labels = labels.data();
        this.classNames = List.copyOf(classNames);
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Sample get(int index) {
        int length = height * width;
        byte[] pixels = Arrays.copyOfRange(pictures, index * length, (index + 1) * length);
        return new Sample.Labelled(name(index), new Image(height, width, 1, pixels), labels[index] & 0xff);
    }

    @Override
    public String name(int index) {
        return name + "#" + index;
    }

    @Override
    public OptionalInt label(int index) {
        return OptionalInt.of(labels[index] & 0xff);
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    Idx.Values pictures(int[] indices) {
        int length = height * width;
        byte[] out = new byte[indices.length * length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(pictures, indices[i] * length, out, i * length, length);
        }
        return new Idx.Values(List.of(indices.length, height, width), out);
    }

    Idx.Values labels(int[] indices) {
        byte[] out = new byte[indices.length];
        for (int i = 0; i < indices.length; i++) {
            out[i] = labels[indices[i]];
        }
        return new Idx.Values(List.of(indices.length), out);
    }
}
