package beits.cli;

import beits.job.Conversion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits convert}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = {
            "Converts a checkpoint between our, the official, timm's and Hugging Face's layout.",
            "Also for another picture size. Prints what became of every tensor. Reads .pth, .bin, .pkl and safetensors, one file or"
                    + " an index of several as Hugging Face writes it; nothing in them is ever run."
        })
final class ConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "a checkpoint, or the folder of a run or of a model")
    private String in = "";

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description =
                    "a file that ends in .safetensors or, for torch.load, in .pth, .pt or .bin (official: the weights under "
                            + "the key model, of a segmentation model state_dict; timm, hf: the weights alone), or a folder; "
                            + "config.json is written beside timm's and hf's")
    private Path out = Path.of("");

    @Option(names = "--to", required = true, paramLabel = "LAYOUT", description = "ours, official, timm or hf")
    private String to = "";

    @Option(
            names = "--input-size",
            paramLabel = "N",
            description = "picture size in pixels, N or HEIGHTxWIDTH: positions are interpolated to it")
    private @Nullable String inputSize;

    @Option(
            names = "--heads",
            paramLabel = "N",
            description = "attention heads, for a model without relative positions that does not tell")
    private int heads;

    @Option(
            names = "--allow-missing",
            split = ",",
            paramLabel = "NAME",
            description = "official name of a tensor that may be missing from IN; repeatable")
    private Set<String> allowMissing = new LinkedHashSet<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        Conversion.Result result = Conversion.convert(
                Checkpoint.find(in),
                out,
                new Conversion.Wish(
                        target(),
                        inputSize == null ? null : Conversion.PictureSize.parse(inputSize),
                        heads,
                        allowMissing));
        if (result.nonFinite() != null) {
            Streams.err(spec)
                    .println("beits: " + result.nonFinite() + "; passed through, but no command computes with them");
        }
        PrintWriter print = Streams.out(spec);
        print.println(result.report());
        double megabytes = 0;
        for (Path file : result.written()) {
            megabytes += Files.size(file) / 1e6;
        }
        print.printf(
                Locale.ROOT,
                "wrote %s   %.1f MB in %.1f s%n",
                String.join(", ", result.written().stream().map(Path::toString).toList()),
                megabytes,
                (System.nanoTime() - start) / 1e9);
        return 0;
    }

    private Conversion.Target target() {
        return switch (to.toLowerCase(Locale.ROOT)) {
            case "ours", "beits" -> Conversion.Target.OURS;
            case "official" -> Conversion.Target.OFFICIAL;
            case "timm" -> Conversion.Target.TIMM;
            case "hf" -> Conversion.Target.HF;
            default -> throw new UserException("--to %s: must be ours, official, timm or hf".formatted(to));
        };
    }
}
