package beits.data.source;

import beits.image.ImageFormat;
import beits.image.PictureException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Listing of folders in an order that does not depend on the file system. */
public final class FileTree {
    private FileTree() {}

    /** Picture files below a folder, links followed, sorted by path. */
    public static List<Path> pictures(Path root) {
        requireFolder(root);
        try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(f -> f.getFileName() != null
                            && ImageFormat.named(f.getFileName().toString()))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new PictureException(root.toString(), "cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Folders directly below a folder, hidden ones left out, sorted by name. */
    static List<Path> folders(Path root) {
        requireFolder(root);
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Files::isDirectory)
                    .filter(d -> !d.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new PictureException(root.toString(), "cannot be listed: " + e.getMessage(), e);
        }
    }

    private static void requireFolder(Path root) {
        if (!Files.isDirectory(root)) {
            throw new PictureException(root.toString(), "no such folder");
        }
    }
}
