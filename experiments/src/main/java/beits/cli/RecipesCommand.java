package beits.cli;

import beits.recipe.Recipes;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits recipes}. */
@Command(
        name = "recipes",
        mixinStandardHelpOptions = true,
        description = "Lists the recipes that come along, or prints one, to be copied and changed.")
final class RecipesCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the recipe to print")
    private @Nullable String name;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (name != null) {
            Streams.out(spec).print(Recipes.text(name));
            return 0;
        }
        for (String shipped : Recipes.SHIPPED) {
            // Each file begins with a comment of one sentence.
            String first = Recipes.text(shipped).lines().findFirst().orElse("");
            Streams.out(spec).println("%-28s %s".formatted(shipped, first.replaceFirst("^# ?", "")));
        }
        return 0;
    }
}
