package beits.cli;

import beits.recipe.Overrides;
import beits.recipe.RecipeKind;
import beits.recipe.Recipes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits chain}. */
@Command(
        name = "chain",
        mixinStandardHelpOptions = true,
        description = {
            "Runs recipes one after the other, each starting from what the one before left.",
            "A tokenizer becomes the tokenizer of a pre-training, a model the start of a fine-tuning or segmentation. For"
                    + " intermediate fine-tuning, for example:",
            "  beits chain beit-base-finetune-22k beit-base-finetune-ft22k --out runs/base"
        })
final class ChainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RECIPE", arity = "1..*", description = "recipe files, or names of ones that come along")
    private List<String> recipes = List.of();

    @Option(
            names = "--set",
            paramLabel = "RECIPE:FIELD=VALUE",
            description = "a field of one of the recipes, such as fashion-finetune:optim.lr=0.001; repeatable")
    private List<String> overrides = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "seed of every recipe")
    private @Nullable Long seed;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "gets a folder for each recipe: 1-NAME, 2-NAME ...")
    private Path out = Path.of("");

    @Option(names = "--resume", description = "go on in --out where the chain was stopped")
    private boolean resume;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    /** One recipe of the chain: its kind, and the field that takes the result of the one before. */
    private record Link(
            String recipe,
            String name,
            RecipeKind kind,
            @Nullable String startField) {}

    @Override
    public Integer call() throws IOException {
        List<Link> links = new ArrayList<>();
        for (String recipe : recipes) {
            links.add(link(recipe, links.isEmpty() ? null : links.getLast()));
        }
        new Overrides(overrides).requireAnyOf(links.stream().map(Link::name).toList());
        if (!resume) {
            RunFolder.requireEmpty(out);
        }
        Path before = null;
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            Path folder = out.resolve("%d-%s".formatted(i + 1, link.name));
            boolean finished = Files.isRegularFile(folder.resolve("report.html"));
            if (!finished) {
                int code = run(link, folder, before);
                if (code == Main.STOPPED) {
                    Streams.err(spec).println("beits: the whole chain continues with: " + resumeCommand());
                }
                if (code != 0) {
                    return code;
                }
            }
            before = folder;
        }
        Streams.out(spec).println("chain: all of it is done, the last part in " + before);
        return 0;
    }

    private String resumeCommand() {
        List<String> words = new ArrayList<>(List.of("beits"));
        words.addAll(Objects.requireNonNull(spec)
                .root()
                .commandLine()
                .getParseResult()
                .originalArgs());
        if (!resume) {
            words.add("--resume");
        }
        return ShellWords.join(words);
    }

    private Link link(String recipe, @Nullable Link before) throws IOException {
        String name = Recipes.name(recipe);
        RecipeKind kind = Recipes.kind(recipe);
        boolean afterTokenizer = before != null && before.kind == RecipeKind.TOKENIZER;
        String start = switch (kind) {
            case TOKENIZER -> {
                if (before != null) {
                    throw new UserException(
                            "%s: trains a tokenizer, which starts from nothing; put it first".formatted(recipe));
                }
                yield null;
            }
            case PRETRAIN -> afterTokenizer ? "tokenizer" : "initFrom";
            case FINETUNE, SEGMENT -> {
                if (afterTokenizer) {
                    throw new UserException(
                            "%s: cannot start from a tokenizer; put a pre-training between".formatted(recipe));
                }
                yield "initFrom";
            }
        };
        return new Link(recipe, name, kind, before == null ? null : start);
    }

    private int run(Link link, Path folder, @Nullable Path before) {
        List<String> arguments = new ArrayList<>(List.of(link.kind.command(), link.recipe, "--out", folder.toString()));
        if (link.startField != null) {
            arguments.addAll(List.of("--set", link.startField + "=" + before));
        }
        for (String field : new Overrides(overrides).of(link.name)) {
            arguments.addAll(List.of("--set", field));
        }
        if (seed != null) {
            arguments.addAll(List.of("--seed", Long.toString(seed)));
        }
        if (Files.isRegularFile(folder.resolve("recipe.yaml"))) {
            arguments.add("--resume");
        }
        arguments.addAll(List.of("--device", common.device, "--kernel-form", common.form.name()));
        if (common.threads != null) {
            arguments.addAll(List.of("--threads", common.threads.toString()));
        }
        PrintWriter err = Streams.err(spec);
        err.println("beits: " + ShellWords.join(arguments));
        return Main.run(arguments.toArray(String[]::new), Streams.out(spec), err);
    }
}
