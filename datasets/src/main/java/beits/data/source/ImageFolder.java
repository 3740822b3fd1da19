package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.image.ImageReader;
import beits.image.PictureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Picture files with or without labels: torchvision's class folders, a recursive folder, or a list. Files are decoded
 * when they are asked for.
 */
public final class ImageFolder implements Dataset {
    private static final int NO_LABEL = -1;

    private final List<Path> files;
    private final int[] labels;
    private final List<String> classNames;
    private final ImageReader reader;

    ImageFolder(List<Path> files, int[] labels, List<String> classNames, ImageReader reader) {
        this.files = List.copyOf(files);
        this.labels = labels;
        this.classNames = List.copyOf(classNames);
        this.reader = reader;
    }

    /**
     * {@code root/class/…/picture}: classes are the folders in root sorted by name, as torchvision's {@code ImageFolder}.
     *
     * @throws PictureException when there is no class or a class has no picture
     */
    public static ImageFolder classes(Path root, ImageReader reader) {
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        List<Path> folders = FileTree.folders(root);
        if (folders.isEmpty()) {
            throw new PictureException(
                    root.toString(), "no class folders; give the folder that holds one folder a class");
        }
        for (int label = 0; label < folders.size(); label++) {
            List<Path> found = FileTree.pictures(folders.get(label));
            if (found.isEmpty()) {
                throw new PictureException(folders.get(label).toString(), "a class without pictures");
            }
            files.addAll(found);
            for (int i = 0; i < found.size(); i++) {
                labels.add(label);
            }
        }
        List<String> names =
                folders.stream().map(f -> f.getFileName().toString()).toList();
        return new ImageFolder(files, labels.stream().mapToInt(l -> l).toArray(), names, reader);
    }

    /** Every picture below a folder, without labels, sorted by path: for pre-training. */
    public static ImageFolder unlabelled(Path root, ImageReader reader) {
        List<Path> files = FileTree.pictures(root);
        if (files.isEmpty()) {
            throw new PictureException(root.toString(), "no pictures in this folder");
        }
        return files(files, reader);
    }

    /** These files in this order, without labels; what is no picture is found out when it is read. */
    public static ImageFolder files(List<Path> files, ImageReader reader) {
        int[] labels = new int[files.size()];
        java.util.Arrays.fill(labels, NO_LABEL);
        return new ImageFolder(files, labels, List.of(), reader);
    }

    /** These pictures, and every one below those that are folders, without labels. */
    public static ImageFolder of(List<Path> picturesAndFolders, ImageReader reader) {
        List<Path> files = new ArrayList<>();
        for (Path path : picturesAndFolders) {
            if (Files.isDirectory(path)) {
                files.addAll(unlabelled(path, reader).files);
            } else {
                files.add(path);
            }
        }
        int[] labels = new int[files.size()];
        java.util.Arrays.fill(labels, NO_LABEL);
        return new ImageFolder(files, labels, List.of(), reader);
    }

    @Override
    public int size() {
        return files.size();
    }

    @Override
    public Sample get(int index) {
        var picture = reader.read(files.get(index));
        return labels[index] == NO_LABEL
                ? new Sample.Unlabelled(name(index), picture)
                : new Sample.Labelled(name(index), picture, labels[index]);
    }

    @Override
    public String name(int index) {
        return files.get(index).toString();
    }

    @Override
    public OptionalInt label(int index) {
        return labels[index] == NO_LABEL ? OptionalInt.empty() : OptionalInt.of(labels[index]);
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }
}
