package beits.job;

import beits.data.Batch;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.Pipeline;
import beits.data.Position;
import beits.train.BatchSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Batches of a loader as micro-batches of training steps. An epoch is a whole number of optimiser steps; what is left of it is
 * not used. Of pictures that cannot be read, each is told once.
 *
 * @param <B> a micro-batch
 */
final class LoaderSource<B> implements BatchSource<B>, AutoCloseable {
    private final Dataset data;
    private final Pipeline pipeline;
    private final LoaderOptions options;
    private final int accumulation;
    private final int stepsPerEpoch;
    private final Function<Batch, B> convert;
    private final Consumer<String> notes;
    private final Set<String> told = new HashSet<>();
    /** What the last step was given, until the next one is asked for. */
    private final List<Batch> lent = new ArrayList<>();

    private @Nullable Loader loader;
    private double closedWait;
    private List<String> pictures = List.of();

    /**
     * Opens a source.
     *
     * @param skipBroken whether the next readable picture takes the place of one that cannot be read
     * @param notes hears the name of each of those, and why
     */
    LoaderSource(
            Dataset data,
            Pipeline pipeline,
            LoaderOptions options,
            boolean skipBroken,
            int accumulation,
            Function<Batch, B> convert,
            Consumer<String> notes) {
        this.data = data;
        this.pipeline = pipeline;
        this.options = skipBroken ? options.withBroken(LoaderOptions.Broken.REPLACE) : options;
        this.accumulation = accumulation;
        this.convert = convert;
        this.notes = notes;
        this.stepsPerEpoch = Loader.stepsPerEpoch(data.size(), options) / accumulation;
        if (stepsPerEpoch == 0) {
            throw new IllegalArgumentException(
                    "optim.batchSize: %d pictures are fewer than one step of %d x %d; lower batchSize or updateFreq"
                            .formatted(data.size(), accumulation, options.batchSize()));
        }
    }

    /** Optimiser steps of an epoch. */
    int stepsPerEpoch() {
        return stepsPerEpoch;
    }

    @Override
    public List<B> batches(long step) {
        int epoch = Math.toIntExact(step / stepsPerEpoch);
        int within = Math.toIntExact(step % stepsPerEpoch) * accumulation;
        Loader current = loader;
        if (current == null
                || current.position().epoch() != epoch
                || current.position().step() != within) {
            close();
            current = new Loader(data, pipeline, options, new Position(epoch, within), Integer.MAX_VALUE);
            loader = current;
        }
        lent.forEach(current::recycle);
        lent.clear();
        List<B> batches = new ArrayList<>(accumulation);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < accumulation; i++) {
            Batch batch = current.next();
            for (int row = 0; row < batch.count(); row++) {
                names.add(data.name(batch.indices()[row]));
            }
            batches.add(convert.apply(batch));
            lent.add(batch);
        }
        for (String fault : current.broken()) {
            if (told.add(fault)) {
                notes.accept("left out: " + fault);
            }
        }
        pictures = names;
        return batches;
    }

    @Override
    public List<String> pictures() {
        return pictures;
    }

    @Override
    public double waitedSeconds() {
        return closedWait + (loader == null ? 0 : loader.waitNanos() / 1e9);
    }

    @Override
    public void close() {
        if (loader != null) {
            closedWait += loader.waitNanos() / 1e9;
            loader.close();
            loader = null;
            lent.clear();
        }
    }
}
