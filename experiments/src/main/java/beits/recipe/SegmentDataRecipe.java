package beits.recipe;

import org.jspecify.annotations.Nullable;

/**
 * Where pictures with a class for each pixel come from.
 *
 * @param source which format
 * @param path folder of the data; none for scenes
 * @param training how many scenes or pictures to train on; 0 for all of a folder
 * @param test how many to measure with; 0 for all of a folder
 * @param skipBroken as {@link DataRecipe#skipBroken}
 */
public record SegmentDataRecipe(Source source, @Nullable String path, int training, int test, boolean skipBroken) {
    /** Classes of ADE20K. */
    public static final int ADE20K_CLASSES = 150;

    /** Formats. */
    public enum Source {
        /** Scenes generated from the bundled pictures, of the size that the network reads. */
        SCENES,
        /** The same with one or two at their own size on black. */
        PLAIN_SCENES,
        /** ADE20K (ADEChallengeData2016): {@code images} and {@code annotations}; 0 in a mask is ignored. */
        ADE20K,
        /** As ADE20K's folders, with names in {@code classes.txt}, one a line; masks count from 0. */
        MASK_FOLDER;

        /** Whether pictures are made when they are asked for. */
        public boolean generated() {
            return this == SCENES || this == PLAIN_SCENES;
        }
    }

    public SegmentDataRecipe {
        int least = source.generated() ? 1 : 0;
        Check.that(training >= least, "data.training", training, "at least " + least);
        Check.that(test >= least, "data.test", test, "at least " + least);
        Check.that(source.generated() || path != null, "data.path", "nothing", "the folder of the data");
    }
}
