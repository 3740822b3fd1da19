package beits.cli;

import beits.demo.Demo;
import beits.demo.DemoRecipe;
import beits.device.Device;
import beits.recipe.Overrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "The main job on bundled pictures, in minutes.",
            "Trains a tokenizer, pre-trains BEiT by masked image modelling, fine-tunes it with few labels beside the same"
                    + " network from scratch, and writes report.html."
        })
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "of everything that is drawn (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--out", paramLabel = "DIR", description = "empty or new folder (default: runs/demo-N)")
    private @Nullable Path out;

    @Option(
            names = "--set",
            paramLabel = "RECIPE:FIELD=VALUE",
            description =
                    "a field of fashion-tokenizer, fashion-pretrain or fashion-finetune, such as fashion-finetune:labelsPerClass=30; repeatable")
    private List<String> overrides = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = Streams.err(spec);
        DemoRecipe recipe = DemoRecipe.of(seed, new Overrides(overrides));
        Path folder = out == null ? fresh() : empty(out);
        try (Device device = common.open();
                Stages stages = new Stages(err, Streams.errorIsTerminal())) {
            Demo.Result result = new Demo(device, folder, recipe, stages::next, stages::say).run();
            stages.close();
            Streams.out(spec)
                    .println("report: %s   pre-trained %s, from scratch %s"
                            .formatted(
                                    result.report(),
                                    Demo.percent(result.pretrained()),
                                    Demo.percent(result.scratch())));
            return 0;
        }
    }

    private static Path fresh() throws IOException {
        for (int i = 1; ; i++) {
            Path folder = Path.of("runs", "demo-" + i);
            if (!Files.exists(folder)) {
                Files.createDirectories(folder);
                return folder;
            }
        }
    }

    private static Path empty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> content = Files.list(folder)) {
                if (content.findAny().isPresent()) {
                    throw new UserException("--out " + folder + ": is not empty; name another folder or remove it");
                }
            }
        }
        Files.createDirectories(folder);
        return folder;
    }
}
