package beits.recipe;

import java.util.List;

/**
 * Fields of several recipes in place of what their files say.
 *
 * @param all {@code RECIPE:FIELD=VALUE} each, such as {@code fashion-pretrain:optim.epochs=40}
 */
public record Overrides(List<String> all) {
    public Overrides {
        all = List.copyOf(all);
    }

    /** Those of one recipe, {@code FIELD=VALUE} each. */
    public List<String> of(String recipe) {
        return all.stream()
                .filter(override -> override.startsWith(recipe + ":"))
                .map(override -> override.substring(recipe.length() + 1))
                .toList();
    }

    /**
     * Refuses what belongs to none of the recipes.
     *
     * @throws RecipeException naming them
     */
    public void requireAnyOf(List<String> recipes) {
        for (String override : all) {
            if (recipes.stream().noneMatch(recipe -> override.startsWith(recipe + ":"))) {
                throw new RecipeException("--set %s: must begin with one of the recipes and a colon: %s"
                        .formatted(override, String.join(", ", recipes)));
            }
        }
    }
}
