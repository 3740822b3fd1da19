package beits.recipe;

/**
 * What happens to pictures before pre-training.
 *
 * @param colorJitter strength of brightness, contrast and saturation changes, 0 for none
 * @param flip whether pictures are mirrored half of the time
 * @param minCropArea smallest share of the picture that a random crop keeps; 1 for no crop
 */
public record AugmentationRecipe(double colorJitter, boolean flip, double minCropArea) {
    public AugmentationRecipe {
        Check.that(colorJitter >= 0, "augmentation.colorJitter", colorJitter, "0 for none, or above");
        Check.that(minCropArea > 0 && minCropArea <= 1, "augmentation.minCropArea", minCropArea, "in (0, 1]");
    }
}
