package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.image.ImageReader;
import beits.image.PictureException;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parquet files in Hugging Face's layout: a struct column with the encoded picture in its field {@code bytes} and, unless the
 * pictures are unlabelled, an integer label column. The encoded pictures are copied once into a temporary file, so that they can be
 * read in any order without holding them in memory. Close it to remove that file.
 */
public final class ParquetPictures implements Dataset, AutoCloseable {
    private static final Pattern NAMES =
            Pattern.compile("\"names\"\\s*:\\s*\\[((?:\\s*\"(?:[^\"\\\\]|\\\\.)*\"\\s*,?)*)\\]");
    private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final int MOST_CLASSES = 1_000_000;
    private static final int NO_LABEL = -1;

    private record Entry(String name, long offset, int length, int label) {}

    private final FileChannel spool;
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> classNames;
    private final ImageReader reader;

    /**
     * Reads the files' rows.
     *
     * @param files in this order
     * @param imageColumns names of the struct column, of which a file's first counts
     * @param labelColumns names of the label column, likewise; pictures of files with none of them are unlabelled
     * @throws PictureException when a file is damaged or lacks the pictures' column, a row lacks its picture or label, or only some
     *     of the files have labels
     */
    public ParquetPictures(List<Path> files, List<String> imageColumns, List<String> labelColumns, ImageReader reader) {
        this.reader = reader;
        try {
            Path temporary = Files.createTempFile("beits-parquet", ".bin");
            spool = FileChannel.open(
                    temporary, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new PictureException(files.toString(), "no temporary file for its pictures: " + e.getMessage(), e);
        }
        List<String> names = List.of();
        boolean opened = false;
        try {
            for (Path file : files) {
                List<String> found = copy(file, imageColumns, labelColumns);
                names = names.isEmpty() ? found : names;
            }
            if (entries.isEmpty()) {
                throw new PictureException(files.toString(), "no rows");
            }
            classNames = classNames(names, files);
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private List<String> copy(Path file, List<String> imageColumns, List<String> labelColumns) {
        int row = 0;
        try (ParquetFileReader parquet = whole(file);
                RowReader rows = parquet.rowReader()) {
            List<String> present = parquet.getFileSchema().getRootNode().children().stream()
                    .map(SchemaNode::name)
                    .toList();
            String imageColumn = first(imageColumns, present)
                    .orElseThrow(() -> new PictureException(
                            file.toString(),
                            "has the columns %s, and no %s"
                                    .formatted(String.join(", ", present), String.join(" or ", imageColumns))));
            Optional<String> labelColumn = first(labelColumns, present);
            while (rows.hasNext()) {
                rows.next();
                String name = file + "#" + row;
                byte[] data = rows.isNull(imageColumn)
                        ? null
                        : rows.getStruct(imageColumn).getBinary("bytes");
                if (data == null) {
                    throw new PictureException(name, "has no picture in column " + imageColumn);
                }
                int label = labelColumn.isEmpty() ? NO_LABEL : label(rows, labelColumn.get(), name);
                long offset = spool.size();
                ByteBuffer buffer = ByteBuffer.wrap(data);
                while (buffer.hasRemaining()) {
                    spool.write(buffer, offset + buffer.position());
                }
                entries.add(new Entry(name, offset, data.length, label));
                row++;
            }
            String description = parquet.getFileMetaData().keyValueMetadata().getOrDefault("huggingface", "");
            return labelColumn.map(column -> names(description, column)).orElse(List.of());
        } catch (PictureException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            // One damaged length inside a packed page makes the library ask for up to 2 GB at once; the heap is whole
            // after that.
            throw new PictureException(
                    file.toString(),
                    "not a whole Parquet file, or its rows need more memory than the JVM has: " + e.getMessage(),
                    e);
        } catch (IOException | RuntimeException e) {
            // The Parquet library answers damaged files with many unchecked exceptions.
            throw new PictureException(file.toString(), "not a whole Parquet file of pictures: " + e.getMessage(), e);
        }
    }

    private static Optional<String> first(List<String> names, List<String> present) {
        return names.stream().filter(present::contains).findFirst();
    }

    private static int label(RowReader rows, String column, String name) {
        Object label = rows.isNull(column) ? null : rows.getValue(column);
        if (!(label instanceof Number number) || number.longValue() < 0 || number.longValue() >= MOST_CLASSES) {
            throw new PictureException(name, "label %s in column %s".formatted(label, column));
        }
        return number.intValue();
    }

    private static ParquetFileReader whole(Path file) throws IOException {
        ParquetCheck.footer(file);
        ParquetFileReader parquet = ParquetFileReader.open(InputFile.of(file));
        try {
            ParquetCheck.pages(file, parquet.getFileMetaData());
            return parquet;
        } catch (IOException | RuntimeException e) {
            parquet.close();
            throw e;
        }
    }

    /** The class names in Hugging Face's description of the label column, if it is there. */
    private static List<String> names(String json, String labelColumn) {
        int column = json.indexOf('"' + labelColumn + '"');
        Matcher found = NAMES.matcher(json);
        List<String> names = new ArrayList<>();
        if (column >= 0 && found.find(column)) {
            Matcher name = QUOTED.matcher(found.group(1));
            while (name.find()) {
                names.add(name.group(1).replaceAll("\\\\(.)", "$1"));
            }
        }
        return names;
    }

    private List<String> classNames(List<String> described, List<Path> files) {
        int least = entries.stream().mapToInt(Entry::label).min().orElseThrow();
        int most = entries.stream().mapToInt(Entry::label).max().orElseThrow();
        if (most == NO_LABEL) {
            return List.of();
        }
        if (least == NO_LABEL) {
            throw new PictureException(
                    files.toString(), "some of these files have a column of labels, others have none");
        }
        if (described.isEmpty()) {
            List<String> numbers = new ArrayList<>();
            for (int i = 0; i <= most; i++) {
                numbers.add(Integer.toString(i));
            }
            return List.copyOf(numbers);
        }
        if (most >= described.size()) {
            throw new PictureException(
                    files.toString(), "label %d with %d class names".formatted(most, described.size()));
        }
        return List.copyOf(described);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public Sample get(int index) {
        Entry entry = entries.get(index);
        var picture = reader.decode(ByteRanges.read(spool, entry.offset(), entry.length(), entry.name()), entry.name());
        return entry.label() == NO_LABEL
                ? new Sample.Unlabelled(entry.name(), picture)
                : new Sample.Labelled(entry.name(), picture, entry.label());
    }

    @Override
    public String name(int index) {
        return entries.get(index).name();
    }

    @Override
    public OptionalInt label(int index) {
        int label = entries.get(index).label();
        return label == NO_LABEL ? OptionalInt.empty() : OptionalInt.of(label);
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public void close() {
        try {
            spool.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
