package beits.device.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;

/**
 * The grid of a task: always explicit, because TornadoVM runs a task without one on a single work-item. Global sizes are multiples
 * of the local ones, because OpenCL refuses others and TornadoVM carries on with garbage.
 *
 * @param x work-items of the first dimension
 * @param y work-items of the second dimension, or 0 for a grid of one
 * @param localX work-items of a group, or 0 to leave it to the driver
 * @param localY as {@code localX} for the second dimension
 */
record Range(long x, long y, int localX, int localY) {
    Range {
        if (x < 1 || localX > 0 && (x % localX != 0 || y > 0 && y % localY != 0)) {
            throw new IllegalArgumentException(
                    "a grid of %d x %d cannot be cut into groups of %d x %d".formatted(x, y, localX, localY));
        }
    }

    /** One work-item for each of {@code count} iterations of a parallel loop. */
    static Range items(long count) {
        return new Range(Math.max(1, count), 0, 0, 0);
    }

    /** Two nested parallel loops, the outer one first. */
    static Range items(long outer, long inner) {
        return new Range(Math.max(1, outer), Math.max(1, inner), 0, 0);
    }

    /**
     * As {@link #items(long)} for iterations that each do much: groups of one work-item. A driver left to itself puts some thousand
     * iterations into one group, which a processor runs on one thread, and PoCL compiles the kernel anew for every size of a group.
     */
    static Range single(long count) {
        return new Range(Math.max(1, count), 0, 1, 0);
    }

    /** As {@link #single(long)} for two nested parallel loops. */
    static Range single(long outer, long inner) {
        return new Range(Math.max(1, outer), Math.max(1, inner), 1, 1);
    }

    /** {@code count} groups of {@code local} work-items. */
    static Range groups(long count, int local) {
        return new Range(Math.max(1, count) * local, 0, local, 0);
    }

    /** A plane of groups of {@code local} x {@code local} work-items. */
    static Range groups(long countX, long countY, int local) {
        return new Range(Math.max(1, countX) * local, Math.max(1, countY) * local, local, local);
    }

    WorkerGrid grid() {
        if (y == 0) {
            WorkerGrid1D grid = new WorkerGrid1D(Math.toIntExact(x));
            if (localX > 0) {
                grid.setLocalWork(localX, 1, 1);
            }
            return grid;
        }
        WorkerGrid2D grid = new WorkerGrid2D(Math.toIntExact(x), Math.toIntExact(y));
        if (localX > 0) {
            grid.setLocalWork(localX, localY, 1);
        }
        return grid;
    }
}
