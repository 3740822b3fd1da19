package beits.data;

import beits.image.PictureException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.commons.rng.UniformRandomProvider;
import org.jspecify.annotations.Nullable;

/**
 * The stream of batches of one run: epochs one after the other, each in its own order, from any position on.
 *
 * <p>Row r of step s in epoch e is sample {@code order(e)[(s · batch + r) · world + rank]}; its augmentation is drawn from
 * (seed, e, sample). With repeated augmentation row i of an epoch is sample {@code order(e)[i / repeats]}, drawn from (seed, e,
 * sample, copy). So the batches do not depend on the number of workers, and a loader that starts at (e, s) gives
 * what an uninterrupted one would have given from there. For one consuming thread; close it to end the workers.
 */
public final class Loader implements Iterator<Batch>, AutoCloseable {
    private static final int LARGEST_REPORT = 1000;

    private final Dataset data;
    private final Pipeline pipeline;
    private final LoaderOptions options;
    private final int endEpoch;
    private final int stepsPerEpoch;
    private final @Nullable ExecutorService workers;
    private final Deque<BatchTask> pending = new ArrayDeque<>();
    private final Deque<Batch> spare = new ArrayDeque<>();
    private final List<String> broken = new ArrayList<>();
    private Position scheduled;
    private Position position;
    private int orderEpoch = -1;
    private int[] order = new int[0];
    private long brokenCount;
    private long waitNanos;
    private long lastWaitNanos;

    /**
     * Starts to read.
     *
     * @param start first batch wanted; a step beyond the epoch's end is refused
     * @param endEpoch the epoch before which the stream ends; {@code Integer.MAX_VALUE} for no end
     * @throws IllegalArgumentException when the data has not one batch
     */
    public Loader(Dataset data, Pipeline pipeline, LoaderOptions options, Position start, int endEpoch) {
        this.data = data;
        this.pipeline = pipeline;
        this.options = options;
        this.endEpoch = endEpoch;
        stepsPerEpoch = stepsPerEpoch(data.size(), options);
        if (stepsPerEpoch == 0) {
            throw new IllegalArgumentException(
                    "%d samples are fewer than one batch of %d on each of %d ranks; lower batchSize"
                            .formatted(data.size(), options.batchSize(), options.world()));
        }
        if (start.step() > stepsPerEpoch) {
            throw new IllegalArgumentException(
                    "start at step %d of an epoch of %d steps: other data or batch size than the run's"
                            .formatted(start.step(), stepsPerEpoch));
        }
        position = normal(start);
        scheduled = position;
        workers = options.workers() == 0
                ? null
                : Executors.newFixedThreadPool(
                        options.workers(),
                        Thread.ofPlatform().daemon().name("loader-", 0).factory());
        schedule();
    }

    /** One pass over the data in order, for evaluation. */
    public static Loader once(Dataset data, Pipeline pipeline, LoaderOptions options) {
        return new Loader(data, pipeline, options, Position.START, 1);
    }

    /** Batches of an epoch on one rank. */
    public static int stepsPerEpoch(int samples, LoaderOptions options) {
        int own = options.dropLast()
                ? samples / options.world()
                : (samples - options.rank() + options.world() - 1) / options.world();
        return options.dropLast() ? own / options.batchSize() : (own + options.batchSize() - 1) / options.batchSize();
    }

    /** Batches of an epoch on this rank. */
    public int stepsPerEpoch() {
        return stepsPerEpoch;
    }

    /** Where the next batch is; what to keep for a later resumption. */
    public Position position() {
        return position;
    }

    @Override
    public boolean hasNext() {
        return position.epoch() < endEpoch;
    }

    /**
     * The next batch, waiting for it if need be.
     *
     * @throws PictureException when a picture is broken and that ends the run
     */
    @Override
    public Batch next() {
        BatchTask task = pending.poll();
        if (task == null) {
            throw new NoSuchElementException("no batch after epoch " + (endEpoch - 1));
        }
        long start = System.nanoTime();
        Batch batch = task.await();
        lastWaitNanos = System.nanoTime() - start;
        waitNanos += lastWaitNanos;
        position = following(task.position);
        for (String fault : task.faults) {
            brokenCount++;
            if (broken.size() < LARGEST_REPORT) {
                broken.add(fault);
            }
        }
        schedule();
        return batch;
    }

    /**
     * Gives a batch of this loader back when nobody reads it any more: a later one is made in its arrays. Nobody has to; but
     * new arrays for each batch of 64 pictures of 224 pixels (48 MB) cost the garbage collector more time than decoding does.
     *
     * @throws IllegalArgumentException when the batch is of another loader, or was given back before
     */
    public void recycle(Batch batch) {
        if (!batch.layout().equals(pipeline.layout()) || batch.indices().length != options.batchSize()) {
            throw new IllegalArgumentException("a batch of another loader");
        }
        if (spare.stream().anyMatch(other -> other.images() == batch.images())) {
            throw new IllegalArgumentException("the batch was given back before");
        }
        spare.push(batch);
    }

    /** Nanoseconds that {@link #next} waited for its last batch: the device's idle time. */
    public long lastWaitNanos() {
        return lastWaitNanos;
    }

    /** Nanoseconds waited for batches so far. */
    public long waitNanos() {
        return waitNanos;
    }

    /** Broken pictures met so far, every time they were met. */
    public long brokenCount() {
        return brokenCount;
    }

    /** Names and reasons of the first thousand broken pictures. */
    public List<String> broken() {
        return Collections.unmodifiableList(broken);
    }

    /** Ends the workers; batches not yet taken are lost. */
    @Override
    public void close() {
        pending.clear();
        scheduled = new Position(endEpoch, 0);
        position = scheduled;
        if (workers != null) {
            workers.shutdownNow();
            try {
                // Workers may be reading files that the caller is about to close.
                if (!workers.awaitTermination(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("a loader's worker does not end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Position normal(Position p) {
        return p.step() < stepsPerEpoch ? p : new Position(p.epoch() + 1, 0);
    }

    private Position following(Position p) {
        return normal(new Position(p.epoch(), p.step() + 1));
    }

    private void schedule() {
        int ahead = workers == null ? 1 : options.prefetch();
        while (pending.size() < ahead && scheduled.epoch() < endEpoch) {
            BatchTask task = new BatchTask(scheduled, samples(scheduled));
            pending.add(task);
            task.start();
            scheduled = following(scheduled);
        }
    }

    private int[] samples(Position p) {
        if (orderEpoch != p.epoch()) {
            orderEpoch = p.epoch();
            if (options.shuffle()) {
                order = Splits.permutation(data.size(), Seeds.of(options.seed(), Seeds.Purpose.ORDER, p.epoch()));
            } else if (order.length == 0) {
                order = new int[data.size()];
                Arrays.setAll(order, i -> i);
            }
        }
        int[] chosen = new int[options.batchSize()];
        int count = 0;
        for (int row = 0; row < chosen.length; row++) {
            long at = ((long) p.step() * chosen.length + row) * options.world() + options.rank();
            if (at < order.length) {
                chosen[count++] = order[(int) (at / options.repeats())];
            }
        }
        return count == chosen.length ? chosen : Arrays.copyOf(chosen, count);
    }

    /** One batch in the making. Rows are written independently; each has its own fault. */
    private final class BatchTask {
        private final Position position;
        private final int[] samples;
        private final List<java.util.concurrent.Future<?>> parts = new ArrayList<>();
        private final @Nullable String[] faultOfRow;
        private final boolean[] kept;
        private final List<String> faults = new ArrayList<>();
        private @Nullable Batch batch;

        BatchTask(Position position, int[] samples) {
            this.position = position;
            this.samples = samples;
            faultOfRow = new @Nullable String[samples.length];
            kept = new boolean[samples.length];
        }

        void start() {
            if (workers == null) {
                return;
            }
            Batch made = allocate();
            int part = Math.max(1, samples.length / (4 * options.workers()));
            for (int from = 0; from < samples.length; from += part) {
                int first = from;
                int end = Math.min(samples.length, from + part);
                parts.add(workers.submit(() -> writeRows(made, first, end)));
            }
        }

        private Batch allocate() {
            Batch old = spare.poll();
            Batch made = old == null
                    ? Batch.allocate(position, pipeline.layout(), options.batchSize())
                    : old.cleared(position);
            batch = made;
            return made;
        }

        Batch await() {
            Batch made = batch;
            if (made == null) {
                made = allocate();
                writeRows(made, 0, samples.length);
            }
            try {
                for (var part : parts) {
                    part.get();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for a batch");
            } catch (ExecutionException e) {
                // The workers' own exception is what the caller can act on; its trace tells where it came from.
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException("a loader's worker failed", e.getCause());
            }
            for (String fault : faultOfRow) {
                if (fault != null) {
                    faults.add(fault);
                }
            }
            Batch whole = made.keeping(kept);
            pipeline.finish(
                    whole,
                    Seeds.of(options.seed(), Seeds.Purpose.MIXING, position.epoch(), position.step(), options.rank()));
            return whole;
        }

        private void writeRows(Batch made, int from, int end) {
            for (int row = from; row < end && !Thread.currentThread().isInterrupted(); row++) {
                writeRow(made, row);
            }
        }

        private UniformRandomProvider draws(Seeds.Purpose purpose, int row) {
            if (options.repeats() == 1) {
                return Seeds.of(options.seed(), purpose, position.epoch(), samples[row]);
            }
            long at = ((long) position.step() * options.batchSize() + row) * options.world() + options.rank();
            return Seeds.of(options.seed(), purpose, position.epoch(), samples[row], at % options.repeats());
        }

        private void writeRow(Batch made, int row) {
            int tries = options.broken() == LoaderOptions.Broken.REPLACE ? data.size() : 1;
            for (int i = 0; i < tries; i++) {
                int index = (int) (((long) samples[row] + i) % data.size());
                try {
                    Sample sample = data.get(index);
                    pipeline.write(
                            sample, draws(Seeds.Purpose.AUGMENTATION, row), draws(Seeds.Purpose.MASK, row), made, row);
                    made.indices()[row] = index;
                    kept[row] = true;
                    return;
                } catch (PictureException e) {
                    if (options.broken() == LoaderOptions.Broken.STOP) {
                        throw e;
                    }
                    faultOfRow[row] = faultOfRow[row] == null ? String.valueOf(e.getMessage()) : faultOfRow[row];
                }
            }
            if (options.broken() == LoaderOptions.Broken.REPLACE) {
                throw new PictureException(data.name(samples[row]), "no sample of the data set can be read");
            }
        }
    }
}
