package beits.cli;

import beits.train.TrainingEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** Shows how far a training stage is: a bar on a terminal, else a plain line every few seconds. */
final class Progress implements Consumer<TrainingEvent>, AutoCloseable {
    private static final long LINE_EVERY_NANOS = 5_000_000_000L;
    private static final int USUAL_WIDTH = 80;

    private final String title;
    private final PrintWriter err;
    private final boolean terminal;
    private @Nullable ProgressBar bar;
    private long lastLine;

    /**
     * Progress of a stage.
     *
     * @param terminal whether standard error is one
     */
    Progress(String title, PrintWriter err, boolean terminal) {
        this.title = title;
        this.err = err;
        this.terminal = terminal;
        this.lastLine = System.nanoTime() - LINE_EVERY_NANOS;
    }

    @Override
    public void accept(TrainingEvent event) {
        if (!(event instanceof TrainingEvent.Step step)) {
            return;
        }
        String state = String.format(
                Locale.ROOT, "loss %.4f, %.0f images/s", step.result().loss(), step.imagesPerSecond());
        if (terminal) {
            if (bar == null) {
                bar = new ProgressBarBuilder()
                        .setTaskName(title)
                        .setInitialMax(step.steps())
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(250)
                        .setConsumer(new ConsoleProgressBarConsumer(System.err, width()))
                        .build();
                bar.stepTo(step.step() - 1);
            }
            bar.setExtraMessage(state);
            bar.stepTo(step.step());
        } else if (step.step() == step.steps() || System.nanoTime() - lastLine > LINE_EVERY_NANOS) {
            lastLine = System.nanoTime();
            err.println("%s: step %d of %d, %s".formatted(title, step.step(), step.steps(), state));
        }
    }

    /**
     * Columns of the terminal. The bar's own way to find out takes SIGINT from the JVM, and Ctrl-C would end the run without a
     * checkpoint.
     */
    private static int width() {
        try (Terminal terminal =
                TerminalBuilder.builder().dumb(true).nativeSignals(false).build()) {
            return terminal.getWidth() > 0 ? terminal.getWidth() : USUAL_WIDTH;
        } catch (IOException e) {
            return USUAL_WIDTH;
        }
    }

    /** Prints a line, above the bar if there is one. */
    void say(String line) {
        err.println(bar == null ? line : "\r\u001b[K" + line);
    }

    /** Ends the bar; what is printed afterwards stands below it. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
