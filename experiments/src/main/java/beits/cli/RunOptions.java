package beits.cli;

import beits.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Options of every command that runs a recipe. */
final class RunOptions {
    @Parameters(
            paramLabel = "RECIPE",
            description = "a recipe file, or the name of one that comes along (beits recipes)")
    private String recipe = "";

    @Option(
            names = "--set",
            paramLabel = "FIELD=VALUE",
            description = "a field of the recipe in place of what the file says, such as optim.lr=0.001; repeatable")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "the same as --set run.seed=N")
    private @Nullable Long seed;

    @Option(names = "--out", paramLabel = "DIR", description = "empty or new folder (default: runs/RECIPE)")
    private @Nullable Path out;

    @Option(names = "--resume", description = "continue the run in --out from its newest checkpoint")
    private boolean resume;

    @Option(
            names = "--dry-run",
            description = "print parameters, steps, memory and work of the recipe, and run nothing")
    private boolean dryRun;

    <T> T read(Class<T> type) throws IOException {
        List<String> all = new ArrayList<>(overrides);
        if (seed != null) {
            all.add("run.seed=" + seed);
        }
        return Recipes.read(recipe, type, all);
    }

    boolean dryRun() {
        return dryRun;
    }

    /** The folder of the run: made when its first step is done. */
    RunFolder folder(Object effectiveRecipe) throws IOException {
        return RunFolder.at(out == null ? Path.of("runs", name()) : out, resume, Recipes.write(effectiveRecipe));
    }

    /** Name of the recipe without folder and ending. */
    String name() {
        return Recipes.name(recipe);
    }

    /** The command that continues this run in its folder. */
    String resumeCommand(String command, Path folder) {
        List<String> words = new ArrayList<>(List.of("beits", command, recipe));
        overrides.forEach(o -> words.addAll(List.of("--set", o)));
        if (seed != null) {
            words.addAll(List.of("--seed", Long.toString(seed)));
        }
        words.addAll(List.of("--out", folder.toString(), "--resume"));
        return ShellWords.join(words);
    }
}
