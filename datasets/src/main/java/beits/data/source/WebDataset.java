package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.image.ImageFormat;
import beits.image.ImageReader;
import beits.image.PictureException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jspecify.annotations.Nullable;

/**
 * WebDataset shards: tar files in which entries of one base name are one sample, {@code x.jpg} its picture and
 * {@code x.cls} its label as a decimal number. Other entries are passed over, archives within archives among them.
 * Only the entries' places are kept; names are never used as paths. Close it to close the shards.
 */
public final class WebDataset implements Dataset, AutoCloseable {
    private static final int LARGEST_ENTRY = 1 << 28;
    private static final int LONGEST_LABEL = 32;

    /** What numbers may be taken for classes where nothing names them. */
    private static final int MOST_CLASSES = 1 << 20;

    private record Entry(int shard, String name, long offset, int length, int label) {}

    private final List<FileChannel> channels = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> classNames;
    private final ImageReader reader;

    /**
     * Reads the shards' tables of contents.
     *
     * @param shards uncompressed tar files, in this order
     * @param classNames in label order; when empty the classes are called by their numbers if every picture has one,
     *     else the pictures count as unlabelled
     * @throws PictureException when a shard is damaged, a label is no number, is missing where there are class names or
     *     is beyond them
     */
    public WebDataset(List<Path> shards, List<String> classNames, ImageReader reader) {
        this.reader = reader;
        boolean opened = false;
        try {
            for (Path shard : shards) {
                index(shard, classNames);
            }
            if (entries.isEmpty()) {
                throw new PictureException(shards.toString(), "no pictures in these shards");
            }
            this.classNames = classNames.isEmpty() ? numbers() : List.copyOf(classNames);
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private List<String> numbers() {
        if (entries.stream().anyMatch(entry -> entry.label() < 0)) {
            return List.of();
        }
        int classes = entries.stream().mapToInt(Entry::label).max().orElseThrow() + 1;
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    private void index(Path shard, List<String> names) {
        FileChannel channel;
        try {
            channel = FileChannel.open(shard);
        } catch (IOException e) {
            throw new PictureException(shard.toString(), "cannot be read: " + e.getMessage(), e);
        }
        channels.add(channel);
        Map<String, TarArchiveEntry> pictures = new java.util.LinkedHashMap<>();
        Map<String, TarArchiveEntry> labels = new HashMap<>();
        try (TarFile tar = new TarFile(shard)) {
            for (TarArchiveEntry entry : tar.getEntries()) {
                if (!entry.isFile() || entry.isSparse()) {
                    continue;
                }
                String name = entry.getName();
                if (ImageFormat.named(name)) {
                    pictures.put(base(name), entry);
                } else if (name.toLowerCase(Locale.ROOT).endsWith(".cls")) {
                    labels.put(base(name), entry);
                }
            }
        } catch (IOException | RuntimeException e) {
            // The tar library answers broken headers with several unchecked exceptions.
            throw new PictureException(
                    shard.toString(),
                    "not a whole tar file (compressed shards must be decompressed): " + e.getMessage(),
                    e);
        }
        pictures.forEach((base, entry) -> {
            String name = shard + "!" + entry.getName();
            if (entry.getSize() < 0 || entry.getSize() > LARGEST_ENTRY) {
                throw new PictureException(name, "declares %d bytes".formatted(entry.getSize()));
            }
            int label = label(channel, name, labels.get(base), names);
            entries.add(new Entry(channels.size() - 1, name, entry.getDataOffset(), (int) entry.getSize(), label));
        });
    }

    /** The name up to the first dot after the last slash. */
    private static String base(String name) {
        int slash = name.lastIndexOf('/');
        int dot = name.indexOf('.', slash + 1);
        return name.substring(0, dot < 0 ? name.length() : dot);
    }

    private static int label(FileChannel channel, String picture, @Nullable TarArchiveEntry entry, List<String> names) {
        int most = names.isEmpty() ? MOST_CLASSES : names.size();
        if (entry == null) {
            if (names.isEmpty()) {
                return -1;
            }
            throw new PictureException(picture, "has no .cls entry with its label");
        }
        if (entry.getSize() < 1 || entry.getSize() > LONGEST_LABEL) {
            throw new PictureException(picture, "a label of %d bytes".formatted(entry.getSize()));
        }
        byte[] bytes = ByteRanges.read(channel, entry.getDataOffset(), (int) entry.getSize(), picture);
        String text = new String(bytes, StandardCharsets.US_ASCII).strip();
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) >= most) {
            throw new PictureException(picture, "label '%s' with %d classes".formatted(text, most));
        }
        return Integer.parseInt(text);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public Sample get(int index) {
        Entry entry = entries.get(index);
        byte[] data = ByteRanges.read(channels.get(entry.shard()), entry.offset(), entry.length(), entry.name());
        var picture = reader.decode(data, entry.name());
        return classNames.isEmpty()
                ? new Sample.Unlabelled(entry.name(), picture)
                : new Sample.Labelled(entry.name(), picture, entry.label());
    }

    @Override
    public String name(int index) {
        return entries.get(index).name();
    }

    @Override
    public OptionalInt label(int index) {
        return classNames.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(entries.get(index).label());
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public void close() {
        for (FileChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
