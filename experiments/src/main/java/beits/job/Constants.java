package beits.job;

import beits.checkpoint.CheckpointException;
import beits.recipe.ModelRecipe;
import beits.transform.Normalisation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The normalisation constants of recipes and of the checkpoints that they start from. */
final class Constants {
    private Constants() {}

    /** What a recipe normalises by. */
    static Normalisation of(boolean imagenet, ModelRecipe model) {
        return imagenet ? Normalisation.IMAGENET : half(model.channels());
    }

    /**
     * Refuses a start whose weights were trained on pictures that were normalised otherwise.
     *
     * @param start checkpoint to start from, or none
     */
    static void check(@Nullable StartWeights start, Normalisation own) throws CheckpointException {
        Normalisation theirs = other(start, own);
        if (start != null && theirs != null) {
            throw new IllegalArgumentException("%s; %s".formatted(difference(start, theirs, own), remedy(theirs)));
        }
    }

    /**
     * Tells of a start whose weights were trained with 0.5 where the recipe has ImageNet's constants, as the released
     * segmentation models were trained; refuses other differences.
     */
    static void checkSegmentation(@Nullable StartWeights start, Normalisation own, Consumer<String> notes)
            throws CheckpointException {
        Normalisation theirs = other(start, own);
        if (start == null || theirs == null) {
            return;
        }
        if (!own.equals(Normalisation.IMAGENET) || !theirs.equals(half(theirs.channels()))) {
            check(start, own);
        }
        notes.accept(difference(start, theirs, own)
                + ", as the released UPerNet models do; imagenetMeanAndStd: false keeps those of the start");
    }

    /** What the weights of a start are used to where that is something else; checkpoints of other layouts do not state it. */
    private static @Nullable Normalisation other(@Nullable StartWeights start, Normalisation own)
            throws CheckpointException {
        if (start == null || !ModelCard.isIn(start.tensors())) {
            return null;
        }
        ModelCard card = ModelCard.of(start.tensors(), start.source());
        if (card.mean().size() != own.mean().size()) {
            throw new IllegalArgumentException("%s reads %d channels where model.channels is %d"
                    .formatted(start.source(), card.mean().size(), own.channels()));
        }
        Normalisation theirs = new Normalisation(card.mean(), card.std());
        return theirs.equals(own) ? null : theirs;
    }

    private static String difference(StartWeights start, Normalisation theirs, Normalisation own) {
        return "%s was trained on pictures normalised by mean %s and std %s, this recipe normalises by mean %s and std %s"
                .formatted(start.source(), theirs.mean(), theirs.std(), own.mean(), own.std());
    }

    private static Normalisation half(int channels) {
        return Normalisation.uniform(channels, 0.5f, 0.5f);
    }

    private static String remedy(Normalisation theirs) {
        if (theirs.equals(Normalisation.IMAGENET)) {
            return "set imagenetMeanAndStd: true";
        }
        return theirs.equals(half(theirs.channels()))
                ? "set imagenetMeanAndStd: false"
                : "recipes know 0.5 and ImageNet's; start from a checkpoint that was trained with either";
    }
}
