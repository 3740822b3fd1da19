package beits.peer;

/** Something to do again and again. */
interface Work {
    /** Does it once, to the end. */
    void run();

    /** Values that it learns, 0 where there are none. */
    default long parameters() {
        return 0;
    }
}
