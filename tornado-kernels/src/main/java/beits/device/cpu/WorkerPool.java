package beits.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait for work by spinning, so that a parallel region costs a fraction of a microsecond; after a few
 * milliseconds without work they sleep.
 *
 * <p>A region's pieces are divided among the threads in stretches of neighbours. A thread takes the pieces of its own stretch one by
 * one, then helps with the others', so nobody waits for a thread the system has put aside. Neighbouring pieces touch neighbouring
 * memory: were they handed out in turn, threads would write to the same cache lines, and a line's way to another core and back
 * takes 50 ns where two cores share a last-level cache and 340 where they do not (two virtual processors of Zen 4, as the host
 * happened to place them). The training step of a tiny model was 5 to 8 % faster this way, in both placements.
 *
 * <p>Its work and its counters are one object, so a thread that arrives late only ever sees its own region, finds no piece left and
 * takes nothing.
 */
final class WorkerPool implements AutoCloseable {
    /** One piece of a region. */
    @FunctionalInterface
    interface Body {
        /**
         * Does one piece.
         *
         * @param worker number of the thread, from 0; names its scratch
         * @param piece number of the piece
         */
        void run(int worker, int piece);
    }

    private static final long SPIN_NANOS = 4_000_000;
    private static final int SPINS_BETWEEN_LOOKS = 64;

    /**
     * While the JVM's compilers have seen no kernel, a processor does more good compiling than running vectors as objects: the
     * first step of a tiny model was done 2.71 s after the start of the process instead of 3.35 with half of two threads, and 2.91
     * and 2.83 with 1.3 and 2.5 s of it (medians of 13, two cores of Zen 4); that of BEiT-base took no longer (three runs of each).
     */
    private static final long COMPILERS_FIRST_NANOS = 1_700_000_000;

    private static final long LOADED = System.nanoTime();

    private final Worker[] workers;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile Region current = new Region((worker, piece) -> {}, 0, 1);
    private volatile boolean closed;

    private static final class Region {
        /** Values between two threads' counters: two cache lines, as a processor may fetch a line's neighbour with it. */
        private static final int APART = 32;

        private final Body body;
        private final int count;
        private final int shares;
        private final AtomicIntegerArray next;
        private final AtomicInteger done = new AtomicInteger();

        Region(Body body, int count, int shares) {
            this.body = body;
            this.count = count;
            this.shares = shares;
            this.next = new AtomicIntegerArray((shares + 1) * APART);
            for (int share = 0; share < shares; share++) {
                next.setPlain(counter(share), from(share));
            }
        }

        private static int counter(int share) {
            return (share + 1) * APART;
        }

        private int from(int share) {
            return (int) ((long) count * share / shares);
        }

        /** A piece of a share that nobody has taken, or -1. */
        int take(int share) {
            int piece = next.getAndIncrement(counter(share));
            return piece < from(share + 1) ? piece : -1;
        }
    }

    /** A pool of {@code threads}, the caller of {@link #forEach} being one of them. */
    WorkerPool(int threads) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
        }
        for (Worker worker : workers) {
            worker.thread.start();
        }
    }

    /** Number of threads, the caller included. */
    int threads() {
        return workers.length + 1;
    }

    /** Runs all pieces, in any order, and returns when all are done. One caller at a time. */
    void forEach(int count, Body work) {
        if (count == 0) {
            return;
        }
        if (count == 1 || workers.length == 0) {
            inOrder(count, work);
            return;
        }
        Region region = new Region(work, count, threads());
        current = region;
        for (Worker worker : workers) {
            if (worker.asleep) {
                LockSupport.unpark(worker.thread);
            }
        }
        takePieces(0, region);
        int spins = 0;
        while (region.done.get() < count) {
            Thread.onSpinWait();
            if (++spins % (SPINS_BETWEEN_LOOKS * SPINS_BETWEEN_LOOKS) == 0) {
                Thread.yield();
            }
        }
        Throwable thrown = failure.getAndSet(null);
        if (thrown != null) {
            throw new IllegalStateException("a kernel failed in a worker thread", thrown);
        }
    }

    /** Runs all pieces on the calling thread: for work too short to share. */
    void inOrder(int count, Body work) {
        for (int piece = 0; piece < count; piece++) {
            work.run(0, piece);
        }
    }

    private void takePieces(int worker, Region region) {
        int finished = 0;
        for (int i = 0; i < region.shares; i++) {
            int share = (worker + i) % region.shares;
            for (int piece = region.take(share); piece >= 0; piece = region.take(share)) {
                try {
                    region.body.run(worker, piece);
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                }
                finished++;
            }
        }
        region.done.addAndGet(finished);
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker.thread);
        }
        boolean interrupted = false;
        for (Worker worker : workers) {
            try {
                worker.thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Worker implements Runnable {
        private final int number;
        private final Region start = current;
        private final Thread thread;
        private volatile boolean asleep;

        Worker(int number) {
            this.number = number;
            this.thread =
                    Thread.ofPlatform().daemon().name("beits-cpu-" + number).unstarted(this);
        }

        @Override
        public void run() {
            leaveToCompilers();
            Region seen = start;
            while (!closed) {
                Region region = await(seen);
                if (region != seen) {
                    seen = region;
                    takePieces(number, region);
                }
            }
        }

        /** Waits out the process's first moments if this thread is of the second half. */
        private void leaveToCompilers() {
            if (number < threads() / 2) {
                return;
            }
            long left = LOADED + COMPILERS_FIRST_NANOS - System.nanoTime();
            while (left > 0 && !closed) {
                LockSupport.parkNanos(this, left);
                left = LOADED + COMPILERS_FIRST_NANOS - System.nanoTime();
            }
        }

        /** A region after {@code seen}, or {@code seen} when the pool was closed. */
        private Region await(Region seen) {
            long limit = System.nanoTime() + SPIN_NANOS;
            while (!closed) {
                for (int i = 0; i < SPINS_BETWEEN_LOOKS; i++) {
                    Region region = current;
                    if (region != seen) {
                        return region;
                    }
                    Thread.onSpinWait();
                }
                if (System.nanoTime() > limit) {
                    asleep = true;
                    // Looked at again after the flag is up: the caller either sees the flag or has already put
                    // the new region there.
                    if (current == seen && !closed) {
                        LockSupport.park(this);
                    }
                    asleep = false;
                    limit = System.nanoTime() + SPIN_NANOS;
                }
            }
            return seen;
        }
    }
}
