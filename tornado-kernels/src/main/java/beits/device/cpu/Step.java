package beits.device.cpu;

import java.util.List;

/** A kernel bound to its memory: operands resolved, scratch sized, nothing left to allocate. */
@FunctionalInterface
interface Step {
    /** Does the work once. */
    void run(WorkerPool pool);

    /** A step of independent pieces. */
    static Step of(int pieces, WorkerPool.Body body) {
        return pool -> pool.forEach(pieces, body);
    }

    /** Steps one after another. */
    static Step sequence(Step... steps) {
        List<Step> list = List.of(steps);
        return pool -> {
            for (Step step : list) {
                step.run(pool);
            }
        };
    }
}
