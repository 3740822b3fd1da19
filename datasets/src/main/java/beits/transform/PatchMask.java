package beits.transform;

import org.apache.commons.rng.UniformRandomProvider;

/** Which patches of a picture are hidden; drawn anew for every picture. */
public sealed interface PatchMask permits BlockwiseMask, RandomMask {
    /** Rows of patches. */
    int height();

    /** Columns of patches. */
    int width();

    /** The most patches that a mask can hide. */
    int maskPatches();

    /** Hidden patches, [height * width] row-major. */
    boolean[] draw(UniformRandomProvider rng);

    /** How many of the patches are hidden. */
    static int count(boolean[] mask) {
        int count = 0;
        for (boolean masked : mask) {
            count += masked ? 1 : 0;
        }
        return count;
    }
}
