package beits.job;

import beits.checkpoint.CheckpointException;
import beits.checkpoint.NamedTensors;
import beits.recipe.ModelRecipe;
import beits.transform.Normalisation;
import org.jspecify.annotations.Nullable;

/** The normalisation constants of recipes and of the checkpoints that they start from. */
final class Constants {
    private Constants() {}

    /** What a recipe normalises by. */
    static Normalisation of(boolean imagenet, ModelRecipe model) {
        return imagenet ? Normalisation.IMAGENET : Normalisation.uniform(model.channels(), 0.5f, 0.5f);
    }

    /**
     * Refuses a start whose weights were trained on pictures that were normalised otherwise. Checkpoints of other layouts do not
     * state their constants.
     *
     * @param start checkpoint to start from, or none
     * @param file its name, for the message
     */
    static void check(@Nullable NamedTensors start, @Nullable String file, Normalisation own)
            throws CheckpointException {
        if (start == null || !ModelCard.isIn(start)) {
            return;
        }
        ModelCard card = ModelCard.of(start, String.valueOf(file));
        if (card.mean().size() != own.mean().size()) {
            throw new IllegalArgumentException("initFrom: %s reads %d channels where model.channels is %d"
                    .formatted(file, card.mean().size(), own.channels()));
        }
        Normalisation theirs = new Normalisation(card.mean(), card.std());
        if (!theirs.equals(own)) {
            throw new IllegalArgumentException(
                    "initFrom: %s was trained on pictures normalised by mean %s and std %s, this recipe normalises by mean %s and std %s; %s"
                            .formatted(file, theirs.mean(), theirs.std(), own.mean(), own.std(), remedy(theirs)));
        }
    }

    private static String remedy(Normalisation theirs) {
        if (theirs.equals(Normalisation.IMAGENET)) {
            return "set imagenetMeanAndStd: true";
        }
        return theirs.equals(Normalisation.uniform(theirs.channels(), 0.5f, 0.5f))
                ? "set imagenetMeanAndStd: false"
                : "recipes know 0.5 and ImageNet's; start from a checkpoint that was trained with either";
    }
}
