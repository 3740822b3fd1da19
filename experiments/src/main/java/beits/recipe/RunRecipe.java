package beits.recipe;

/**
 * How a run is kept.
 *
 * @param seed of everything that is drawn
 * @param workers threads that prepare pictures; results do not depend on them
 * @param saveEvery steps between checkpoints
 * @param keepCheckpoints how many of the newest stay
 * @param evaluateEvery steps between evaluations, 0 for none but the last; what measures best of several is kept too
 */
public record RunRecipe(long seed, int workers, int saveEvery, int keepCheckpoints, int evaluateEvery) {
    public RunRecipe {
        Check.that(workers >= 0, "run.workers", workers, "0 or above");
        Check.that(saveEvery >= 1, "run.saveEvery", saveEvery, "at least 1");
        Check.that(keepCheckpoints >= 1, "run.keepCheckpoints", keepCheckpoints, "at least 1");
        Check.that(evaluateEvery >= 0, "run.evaluateEvery", evaluateEvery, "0 for none but the last, or above");
    }

    /** The same with another seed. */
    public RunRecipe withSeed(long other) {
        return new RunRecipe(other, workers, saveEvery, keepCheckpoints, evaluateEvery);
    }
}
