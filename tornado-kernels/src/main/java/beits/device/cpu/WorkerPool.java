package beits.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that wait for work by spinning, so that a parallel region costs a fraction of a microsecond; after a few
 * milliseconds without work they sleep.
 *
 * <p>A region hands out its pieces one by one. The ticket holds the number of the region and of the next piece; a thread that
 * arrives late finds a newer region or no piece left and takes nothing, so nobody waits for a thread the system has put aside.
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

    private final Worker[] workers;
    private final AtomicLong ticket = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private Body body = (worker, piece) -> {};
    private int pieces;
    private volatile boolean closed;

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
        body = work;
        pieces = count;
        done.set(0);
        long region = (ticket.get() >>> 32) + 1;
        ticket.set(region << 32);
        for (Worker worker : workers) {
            if (worker.asleep) {
                LockSupport.unpark(worker.thread);
            }
        }
        takePieces(0);
        int spins = 0;
        while (done.get() < count) {
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

    private void takePieces(int worker) {
        while (true) {
            long mine = ticket.get();
            // Both fields were written before the ticket, and cannot change while a piece of this region is untaken.
            Body work = body;
            int count = pieces;
            int piece = (int) mine;
            if (piece >= count) {
                return;
            }
            if (!ticket.compareAndSet(mine, mine + 1)) {
                continue;
            }
            try {
                work.run(worker, piece);
            } catch (Throwable thrown) {
                failure.compareAndSet(null, thrown);
            } finally {
                done.incrementAndGet();
            }
        }
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
        private final Thread thread;
        private volatile boolean asleep;

        Worker(int number) {
            this.number = number;
            this.thread =
                    Thread.ofPlatform().daemon().name("beits-cpu-" + number).unstarted(this);
        }

        @Override
        public void run() {
            long seen = 0;
            while (!closed) {
                long region = await(seen);
                if (region != seen) {
                    seen = region;
                    takePieces(number);
                }
            }
        }

        /** The number of a region after {@code seen}, or {@code seen} when the pool was closed. */
        private long await(long seen) {
            long limit = System.nanoTime() + SPIN_NANOS;
            while (!closed) {
                for (int i = 0; i < SPINS_BETWEEN_LOOKS; i++) {
                    long region = ticket.get() >>> 32;
                    if (region != seen) {
                        return region;
                    }
                    Thread.onSpinWait();
                }
                if (System.nanoTime() > limit) {
                    asleep = true;
                    // Looked at again after the flag is up: the caller either sees the flag or has already set the
                    // ticket.
                    if (ticket.get() >>> 32 == seen && !closed) {
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
