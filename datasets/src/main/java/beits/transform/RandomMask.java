package beits.transform;

import org.apache.commons.rng.UniformRandomProvider;

/**
 * Hides exactly {@code maskPatches} patches, every set of that size alike likely (the "without blockwise masking" arm of
 * the paper's Table 4).
 */
public record RandomMask(int height, int width, int maskPatches) implements PatchMask {
    public RandomMask {
        BlockwiseMask.requireGrid(height, width, maskPatches);
    }

    @Override
    public boolean[] draw(UniformRandomProvider rng) {
        boolean[] mask = new boolean[height * width];
        int missing = maskPatches;
        for (int i = 0; i < mask.length; i++) {
            if (rng.nextInt(mask.length - i) < missing) {
                mask[i] = true;
                missing--;
            }
        }
        return mask;
    }
}
