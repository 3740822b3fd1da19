package beits.cli;

import beits.device.Device;
import beits.recipe.Overrides;
import beits.reproduce.Claim;
import beits.reproduce.Laboratory;
import beits.reproduce.Reproduction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits reproduce}. */
@Command(
        name = "reproduce",
        mixinStandardHelpOptions = true,
        description = {
            "Checks the paper's claims at small scale and writes report.html.",
            "Each claim has its own experiment on bundled pictures. Without a name the claims are listed."
        })
final class ReproduceCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Parameters(paramLabel = "ID", arity = "0..*", description = "claims by name, or all")
    private List<String> ids = List.of();

    @Option(
            names = "--seeds",
            paramLabel = "K",
            defaultValue = "1",
            description = "how many seeds, counted up from --seed (default: ${DEFAULT-VALUE})")
    private int seeds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "the first seed (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/reproduce",
            description =
                    "keeps the models and the report; models that are there already are used (default: ${DEFAULT-VALUE})")
    private Path out = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "RECIPE:FIELD=VALUE",
            description =
                    "a field of fashion-tokenizer, fashion-pretrain or fashion-finetune, such as fashion-pretrain:optim.epochs=40; repeatable")
    private List<String> overrides = List.of();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter print = Streams.out(spec);
        if (ids.isEmpty()) {
            list(print);
            return 0;
        }
        if (seeds < 1) {
            throw new UserException("--seeds %d: must be at least 1".formatted(seeds));
        }
        List<Claim> claims = claims();
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UserException("--out %s: is a file; name a folder".formatted(out));
        }
        PrintWriter err = Streams.err(spec);
        try (Device device = common.open();
                Stages stages = new Stages(err, Streams.errorIsTerminal())) {
            Laboratory laboratory = new Laboratory(device, out, seed, seeds, new Overrides(overrides), stages::next);
            Path report = out.resolve("report.html");
            Reproduction.run(claims, laboratory, report, checked -> {
                stages.close();
                print.println(checked.line());
            });
            print.println("report: " + report);
        }
        return 0;
    }

    private List<Claim> claims() {
        if (ids.contains(ALL)) {
            return Reproduction.CLAIMS;
        }
        List<Claim> claims = new ArrayList<>();
        for (String id : ids) {
            claims.add(Reproduction.CLAIMS.stream()
                    .filter(claim -> claim.id().equals(id))
                    .findFirst()
                    .orElseThrow(() -> new UserException("%s: no such claim; there are %s and %s"
                            .formatted(
                                    id,
                                    String.join(
                                            ", ",
                                            Reproduction.CLAIMS.stream()
                                                    .map(Claim::id)
                                                    .toList()),
                                    ALL))));
        }
        return claims;
    }

    private static void list(PrintWriter print) {
        for (Claim claim : Reproduction.CLAIMS) {
            print.println("%s   %s, about %d minutes a seed on two cores"
                    .formatted(claim.id(), claim.place(), claim.minutes()));
            print.println("    the paper: " + claim.statement());
            print.println("    here:      " + claim.experiment());
        }
    }
}
