package beits.data.source;

import beits.image.ImageReader;
import beits.image.PictureException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A text file with one picture a line: a path, or a path, a tab and a label. Relative paths count from the list's folder
 * and may not leave it. Labels are numbers from 0, or names, which are then numbered in sorted order. Empty lines and
 * lines that begin with # are skipped.
 */
public final class ListFile {
    private static final int MOST_CLASSES = 1_000_000;

    private ListFile() {}

    /**
     * Opens the listed pictures; they are decoded when they are asked for.
     *
     * @throws PictureException when a line cannot be used, with its number
     */
    public static ImageFolder open(Path list, ImageReader reader) {
        List<Path> files = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<String> lines = lines(list);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int tab = line.lastIndexOf('\t');
            String path = (tab < 0 ? line : line.substring(0, tab)).strip();
            if (tab >= 0) {
                labels.add(line.substring(tab + 1).strip());
            }
            files.add(resolve(list, path, i + 1));
            if (!labels.isEmpty() && labels.size() != files.size()) {
                throw wrong(list, i + 1, "some lines have a label and some have none");
            }
        }
        if (files.isEmpty()) {
            throw new PictureException(list.toString(), "lists no pictures");
        }
        return labelled(list, files, labels, reader);
    }

    private static ImageFolder labelled(Path list, List<Path> files, List<String> labels, ImageReader reader) {
        int[] numbers = new int[files.size()];
        if (labels.isEmpty()) {
            java.util.Arrays.fill(numbers, -1);
            return new ImageFolder(files, numbers, List.of(), reader);
        }
        List<String> names = new ArrayList<>();
        Map<String, Integer> numberOf = new LinkedHashMap<>();
        if (labels.stream().allMatch(l -> l.matches("\\d{1,9}"))) {
            int most = labels.stream().mapToInt(Integer::parseInt).max().orElseThrow();
            if (most >= MOST_CLASSES) {
                throw new PictureException(list.toString(), "label %d; labels count from 0".formatted(most));
            }
            for (int i = 0; i <= most; i++) {
                names.add(Integer.toString(i));
            }
            labels.forEach(l -> numberOf.put(l, Integer.parseInt(l)));
        } else {
            names.addAll(new TreeSet<>(labels));
            for (int i = 0; i < names.size(); i++) {
                numberOf.put(names.get(i), i);
            }
        }
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = numberOf.getOrDefault(labels.get(i), -1);
        }
        return new ImageFolder(files, numbers, names, reader);
    }

    private static Path resolve(Path list, String text, int line) {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
            Path folder = list.toAbsolutePath().normalize().getParent();
            Path file = folder == null ? path : folder.resolve(path).normalize();
            if (folder != null && !file.startsWith(folder)) {
                throw wrong(list, line, "'%s' leaves the list's folder; give an absolute path".formatted(text));
            }
            return file;
        } catch (InvalidPathException e) {
            throw wrong(list, line, "no path: " + e.getReason());
        }
    }

    private static List<String> lines(Path list) {
        try {
            return Files.readAllLines(list, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw new PictureException(list.toString(), "is not UTF-8 text", e);
        } catch (NoSuchFileException e) {
            throw new PictureException(list.toString(), "no such file", e);
        } catch (IOException e) {
            throw new PictureException(list.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static PictureException wrong(Path list, int line, String reason) {
        return new PictureException(list + ":" + line, reason);
    }
}
