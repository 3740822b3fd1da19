package beits.recipe;

import org.jspecify.annotations.Nullable;

/**
 * Which patches are hidden.
 *
 * @param blockwise blocks as in the paper, else single patches
 * @param maskPatches most hidden patches of a picture
 * @param minMaskPatches smallest block
 * @param maxMaskPatches largest block, or none for no limit
 */
public record MaskRecipe(
        boolean blockwise,
        int maskPatches,
        int minMaskPatches,
        @Nullable Integer maxMaskPatches) {
    public MaskRecipe {
        Check.that(maskPatches >= 1, "mask.maskPatches", maskPatches, "at least 1");
        Check.that(
                minMaskPatches >= 1 && minMaskPatches <= maskPatches,
                "mask.minMaskPatches",
                minMaskPatches,
                "between 1 and maskPatches " + maskPatches);
    }
}
