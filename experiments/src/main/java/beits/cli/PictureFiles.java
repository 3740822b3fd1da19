package beits.cli;

import beits.data.source.FileTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Pictures as users name them: files, folders, and {@code -} for a list on standard input. */
final class PictureFiles {
    private PictureFiles() {}

    /**
     * The files that are meant, in the order they are named; those of a folder sorted by path. What is no picture, or not there, is
     * found out when it is read.
     *
     * @param standardInput one name a line, read when one of the names is {@code -}
     * @throws UserException when they are none
     */
    static List<Path> named(List<String> names, InputStream standardInput) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : names) {
            if (name.equals("-")) {
                BufferedReader lines = new BufferedReader(new InputStreamReader(standardInput, StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        add(line.strip(), files);
                    }
                }
            } else {
                add(name, files);
            }
        }
        if (files.isEmpty()) {
            throw new UserException("no pictures in %s; name picture files or folders of them"
                    .formatted(names.equals(List.of("-")) ? "standard input" : String.join(", ", names)));
        }
        return files;
    }

    private static void add(String name, List<Path> files) {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new UserException("%s: is no file name: %s".formatted(name, e.getReason()));
        }
        if (Files.isDirectory(path)) {
            files.addAll(FileTree.pictures(path));
        } else {
            files.add(path);
        }
    }

    /** The file's name without its ending, and with a number when an earlier picture has it already. */
    static String stem(Path name, Set<String> used) {
        String plain = String.valueOf(name.getFileName()).replaceFirst("\\.[^.]+$", "");
        String stem = plain;
        for (int n = 2; !used.add(stem); n++) {
            stem = plain + "-" + n;
        }
        return stem;
    }
}
