package beits.cli;

import beits.benchmark.DataBenchmark;
import beits.benchmark.DrawnPictures;
import beits.benchmark.PillowPeer;
import beits.benchmark.Timing;
import beits.image.DecodeOptions;
import beits.image.ImageReader;
import beits.image.TurboJpeg;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits benchmark data}. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = {
            "Times file to pre-training input on one core: decode, crop, resize to two views, normalise.",
            "With libjpeg-turbo, without it, and with a peer. The sides take turns, medians of all rounds are compared."
        })
final class DataBenchmarkCommand implements Callable<Integer> {
    private static final long SEED = 7;

    @Option(
            names = "--pictures",
            paramLabel = "FOLDER",
            description = "JPEG files to use (default: generated ones of 500 x 375 pixels)")
    private @Nullable Path pictures;

    @Option(names = "--count", defaultValue = "64", description = "pictures a round (default: ${DEFAULT-VALUE})")
    private int count = 64;

    @Option(
            names = "--warmup",
            defaultValue = "10",
            description = "rounds before the clock (default: ${DEFAULT-VALUE})")
    private int warmup = 10;

    @Option(names = "--repeats", defaultValue = "15", description = "rounds that are timed (default: ${DEFAULT-VALUE})")
    private int repeats = 15;

    @Option(
            names = "--peer",
            paramLabel = "PYTHON",
            description = "an interpreter with Pillow and torchvision to compare with, for example /usr/bin/python3")
    private @Nullable String peer;

    @Spec
    private @Nullable CommandSpec spec;

    private record Side(String name, DataBenchmark benchmark, double[] views, double[] resize) {}

    @Override
    public Integer call() throws IOException {
        if (count < 1 || warmup < 0 || repeats < 1) {
            throw new UserException("--count and --repeats must be at least 1, --warmup at least 0");
        }
        Path folder = Files.createTempDirectory("beits-benchmark-data");
        try {
            List<Path> files = pictures == null ? DrawnPictures.write(folder, count, SEED) : found(pictures);
            run(files, folder);
        } finally {
            delete(folder);
        }
        return 0;
    }

    private void run(List<Path> files, Path folder) throws IOException {
        PrintWriter out = Streams.out(spec);
        out.println("pictures    " + files.size() + " JPEG files, "
                + files.stream().mapToLong(DataBenchmarkCommand::size).sum() / files.size() / 1000 + " kB on average"
                + (pictures == null ? ", 500 x 375, generated" : ", from " + pictures));
        List<Side> sides = new ArrayList<>();
        Optional<TurboJpeg> turbo = TurboJpeg.open();
        if (turbo.isPresent()) {
            sides.add(side("beits, libjpeg-turbo", files, turbo));
        }
        sides.add(side("beits, JDK's decoder", files, Optional.empty()));
        try (PillowPeer other = peer == null ? null : open(peer, files, folder)) {
            double[] peerViews = new double[repeats];
            double[] peerResize = new double[repeats];
            for (int round = -warmup; round < repeats; round++) {
                for (Side side : sides) {
                    double views = side.benchmark().views();
                    double resize = side.benchmark().resize();
                    if (round >= 0) {
                        side.views()[round] = views;
                        side.resize()[round] = resize;
                    }
                }
                if (other != null) {
                    PillowPeer.Times times = other.measure();
                    if (round >= 0) {
                        peerViews[round] = times.views();
                        peerResize[round] = times.resize();
                    }
                }
            }
            Map<String, Timing> views = new LinkedHashMap<>();
            Map<String, Timing> resize = new LinkedHashMap<>();
            for (Side side : sides) {
                views.put(side.name(), new Timing(side.views()));
                resize.put(side.name(), new Timing(side.resize()));
                side.benchmark().close();
            }
            if (other != null) {
                views.put(other.versions(), new Timing(peerViews));
                resize.put(other.versions(), new Timing(peerResize));
            }
            table(out, "decode, crop, two views, normalise", views, files.size(), other);
            table(out, "resize to 224 x 224, bicubic", resize, files.size(), other);
        }
    }

    private static void table(
            PrintWriter out, String title, Map<String, Timing> times, int pictures, @Nullable PillowPeer other) {
        out.println();
        out.println(title + ", one core");
        double peerMedian = other == null
                ? Double.NaN
                : Objects.requireNonNull(times.get(other.versions())).median();
        times.forEach((name, timing) -> out.println(String.format(
                Locale.ROOT,
                "  %-36s %8.1f pictures/s  ±%4.1f %%%s",
                name,
                pictures / timing.median(),
                100 * timing.spread(),
                other == null ? "" : String.format(Locale.ROOT, "  %5.2fx", peerMedian / timing.median()))));
    }

    private Side side(String name, List<Path> files, Optional<TurboJpeg> turbo) {
        DecodeOptions options = DecodeOptions.DEFAULT;
        ImageReader reader =
                new ImageReader(new DecodeOptions(options.pixelLimit(), options.applyOrientation(), turbo));
        return new Side(name, new DataBenchmark(files, reader), new double[repeats], new double[repeats]);
    }

    private static PillowPeer open(String python, List<Path> files, Path folder) throws IOException {
        try {
            return new PillowPeer(python, files, folder);
        } catch (IOException e) {
            throw new UserException("--peer " + python + ": does not run Pillow and torchvision: " + e.getMessage());
        }
    }

    private List<Path> found(Path given) throws IOException {
        if (!Files.isDirectory(given)) {
            throw new UserException("--pictures " + given + ": no such folder");
        }
        try (Stream<Path> content = Files.walk(given)) {
            List<Path> files = content.filter(
                            f -> f.toString().toLowerCase(Locale.ROOT).matches(".*\\.jpe?g"))
                    .sorted()
                    .limit(count)
                    .toList();
            if (files.isEmpty()) {
                throw new UserException("--pictures " + given + ": holds no .jpg or .jpeg file");
            }
            return files;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> content = Files.walk(folder)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
