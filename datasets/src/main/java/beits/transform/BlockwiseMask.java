package beits.transform;

import beits.image.Box;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Blockwise masking (paper §2.4, Algorithm 1) with the official {@code masking_generator.py}'s rules: while fewer than
 * {@code maskPatches} are hidden, up to ten tries to place one block of
 *
 * <pre>  area ~ U(minPatches, min(remaining, maxPatches)),  log aspect ~ U(log minAspect, log maxAspect)
 *   h = round(√(area·aspect)),  w = round(√(area/aspect)),  h < height, w < width</pre>
 *
 * at a uniform place. A block is taken when it hides at least one and at most the remaining number of further patches;
 * when ten tries fail the mask ends, so {@code maskPatches} is an upper bound.
 *
 * @param height rows of patches
 * @param width columns of patches
 * @param maskPatches the most patches that are hidden
 * @param minPatches least area of a block before rounding
 * @param maxPatches greatest area of a block
 * @param minAspect least height / width
 * @param maxAspect greatest height / width
 */
public record BlockwiseMask(
        int height, int width, int maskPatches, int minPatches, int maxPatches, double minAspect, double maxAspect)
        implements PatchMask {
    private static final int TRIES = 10;

    public BlockwiseMask {
        requireGrid(height, width, maskPatches);
        if (minPatches < 1 || maxPatches < 1) {
            throw new IllegalArgumentException(
                    "minPatches %d and maxPatches %d must be at least 1".formatted(minPatches, maxPatches));
        }
        if (!(minAspect > 0) || !(maxAspect >= minAspect)) {
            throw new IllegalArgumentException(
                    "minAspect %s, maxAspect %s: must be positive and in this order".formatted(minAspect, maxAspect));
        }
    }

    /** The official defaults: blocks as large as what remains, aspect 0.3 to 1 / 0.3. */
    public BlockwiseMask(int height, int width, int maskPatches, int minPatches) {
        this(height, width, maskPatches, minPatches, Math.max(1, maskPatches), 0.3, 1 / 0.3);
    }

    static void requireGrid(int height, int width, int maskPatches) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("a grid of %d x %d patches".formatted(height, width));
        }
        if (maskPatches < 0 || maskPatches > height * width) {
            throw new IllegalArgumentException("maskPatches %d of a grid of %d x %d; use 0 to %d"
                    .formatted(maskPatches, height, width, height * width));
        }
    }

    @Override
    public boolean[] draw(UniformRandomProvider rng) {
        return drawBlocks(rng).mask(height, width);
    }

    /** The blocks of one mask in the order in which they were placed, and how many patches each newly hid. */
    public record Blocks(List<Box> boxes, List<Integer> added) {
        /** The union of the blocks, [height * width] row-major. */
        public boolean[] mask(int height, int width) {
            boolean[] mask = new boolean[height * width];
            for (Box box : boxes) {
                fill(mask, width, box);
            }
            return mask;
        }
    }

    /** One mask as its blocks. */
    public Blocks drawBlocks(UniformRandomProvider rng) {
        boolean[] mask = new boolean[height * width];
        List<Box> boxes = new ArrayList<>();
        List<Integer> added = new ArrayList<>();
        int remaining = maskPatches;
        while (remaining > 0) {
            Box box = place(rng, mask, remaining);
            if (box == null) {
                break;
            }
            int fresh = fresh(mask, box);
            fill(mask, width, box);
            boxes.add(box);
            added.add(fresh);
            remaining -= fresh;
        }
        return new Blocks(boxes, added);
    }

    private @org.jspecify.annotations.Nullable Box place(UniformRandomProvider rng, boolean[] mask, int remaining) {
        int limit = Math.min(remaining, maxPatches);
        for (int i = 0; i < TRIES; i++) {
            // The ends may come in reverse order when little remains: the official uniform draw accepts that too.
            double area = Draws.uniform(rng, minPatches, limit);
            double aspect = Draws.logUniform(rng, minAspect, maxAspect);
            int h = Draws.round(Math.sqrt(area * aspect));
            int w = Draws.round(Math.sqrt(area / aspect));
            if (h < height && w < width) {
                int top = Draws.between(rng, 0, height - h);
                int left = Draws.between(rng, 0, width - w);
                if (h > 0 && w > 0) {
                    Box box = new Box(top, left, h, w);
                    int fresh = fresh(mask, box);
                    if (fresh > 0 && fresh <= limit) {
                        return box;
                    }
                }
            }
        }
        return null;
    }

    private int fresh(boolean[] mask, Box box) {
        int fresh = 0;
        for (int y = box.top(); y < box.top() + box.height(); y++) {
            for (int x = box.left(); x < box.left() + box.width(); x++) {
                fresh += mask[y * width + x] ? 0 : 1;
            }
        }
        return fresh;
    }

    private static void fill(boolean[] mask, int width, Box box) {
        for (int y = box.top(); y < box.top() + box.height(); y++) {
            java.util.Arrays.fill(mask, y * width + box.left(), y * width + box.left() + box.width(), true);
        }
    }
}
