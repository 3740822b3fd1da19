package beits.cli;

import beits.checkpoint.AtomicFile;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.device.Device;
import beits.job.JobContext;
import beits.report.MetricsLog;
import beits.report.TensorBoardLog;
import beits.train.TrainingEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run while it goes on: writes its folder from the first step on, shows progress, and turns Ctrl-C into a request to stop after
 * the step.
 */
final class RunSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("beits.run");

    private final RunFolder folder;
    private final PrintWriter err;
    private final Progress progress;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread interrupt = new Thread(this::interrupted, "beits-interrupt");
    private final List<String> earlyNotes = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable MetricsLog metrics;
    private @Nullable TensorBoardLog tensorBoard;
    private @Nullable Path lastCheckpoint;

    RunSession(RunFolder folder, String title, PrintWriter err) {
        this.folder = folder;
        this.err = err;
        this.progress = new Progress(title, err, Streams.errorIsTerminal());
        open.add(progress);
        Runtime.getRuntime().addShutdownHook(interrupt);
    }

    private void interrupted() {
        stop.set(true);
        progress.say("beits: stopping after this step ...");
        try {
            // The virtual machine goes down when this thread ends; the run must have saved its checkpoint by then.
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a job needs to run in this folder. */
    JobContext context(Device device) {
        return new JobContext(device, folder.path(), folder.resume(), this::heard, this::note, stop::get);
    }

    /** The newest checkpoint that this session wrote. */
    @Nullable
    Path lastCheckpoint() {
        return lastCheckpoint;
    }

    private void heard(TrainingEvent event) {
        try {
            MetricsLog metricsLog = metrics;
            TensorBoardLog boardLog = tensorBoard;
            if (metricsLog == null || boardLog == null) {
                begin();
                metricsLog =
                        MetricsLog.open(folder.metrics(), event instanceof TrainingEvent.Step s ? s.step() - 1 : 0);
                boardLog = TensorBoardLog.open(folder.tensorboard(), System.currentTimeMillis() / 1000);
                open.add(metricsLog);
                open.add(boardLog);
                metrics = metricsLog;
                tensorBoard = boardLog;
            }
            metricsLog.accept(event);
            boardLog.accept(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        progress.accept(event);
        switch (event) {
            case TrainingEvent.Step _ -> {}
            case TrainingEvent.Saved s -> {
                lastCheckpoint = s.file();
                LOG.info("step {}: saved {}", s.step(), s.file());
            }
            case TrainingEvent.Evaluated e -> LOG.info("step {}: {}", e.step(), e.metrics());
            case TrainingEvent.BestSoFar b ->
                LOG.info("step {}: the best {} so far, {}; saved {}", b.step(), b.measure(), b.value(), b.file());
        }
    }

    private void begin() throws IOException {
        Files.createDirectories(folder.path());
        open.add(RunLock.of(folder.path()));
        byte[] recipe = folder.recipe().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(folder.recipeFile(), channel -> channel.write(ByteBuffer.wrap(recipe)));
        open.add(Logging.alsoTo(folder.log()));
        earlyNotes.forEach(LOG::info);
    }

    private void note(String text) {
        progress.say("beits: " + text);
        if (metrics == null) {
            earlyNotes.add(text);
        } else {
            LOG.info(text);
        }
    }

    /** Ends the progress bar, so that what the command says at the end stands below it. */
    void endProgress() {
        progress.close();
    }

    /** Writes a finished model beside the checkpoints. */
    void keep(Path file, NamedTensors weights) throws IOException {
        Safetensors.write(file, weights);
        LOG.info("wrote {}", file);
    }

    /** Puts a failure with its stack into the log of the run, if it has begun. */
    void failed(Exception failure) {
        LOG.info("failed", failure);
    }

    @Override
    public void close() throws IOException {
        try {
            for (AutoCloseable one : open) {
                one.close();
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(interrupt);
            } catch (IllegalStateException e) {
                // Already on the way down: the hook is what waits for this.
                LOG.debug("interrupted", e);
            }
        }
    }
}
