package beits.cli;

import beits.checkpoint.CheckpointException;
import beits.device.DeviceException;
import beits.device.DeviceFailedException;
import beits.image.PictureException;
import beits.job.ModelCard;
import beits.train.NonFiniteLossException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The command {@code beits}. */
@Command(
        name = "beits",
        mixinStandardHelpOptions = true,
        version = "BEITS " + ModelCard.CODE_VERSION,
        description = "BEiT: BERT pre-training of image Transformers, on the JVM.")
public final class Main {
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            TrainTokenizerCommand.class,
            PretrainCommand.class,
            FinetuneCommand.class,
            SegmentCommand.class,
            ChainCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            FeaturesCommand.class,
            AttentionCommand.class,
            ProbeCommand.class,
            FewLabelCommand.class,
            ReproduceCommand.class,
            DataCommand.class,
            ConvertCommand.class,
            TokenizeCommand.class,
            ReconstructCommand.class,
            ConformanceCommand.class,
            BenchmarkCommand.class,
            RecipesCommand.class,
            ReportCommand.class,
            DevicesCommand.class,
            DoctorCommand.class);

    /** Exit code for a mistake of the user. */
    static final int USER_MISTAKE = 2;

    /** Exit code for a run that failed. */
    static final int FAILED = 1;

    /** Exit code for a run that was stopped and can be resumed. */
    static final int STOPPED = 130;

    /** Runs a command and exits with its code. */
    public static void main(String[] arguments) {
        LibraryLogging.install();
        System.exit(run(
                arguments,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
    }

    /**
     * Runs a command.
     *
     * @param out for results
     * @param err for messages
     * @return the exit code
     */
    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new Main());
        addCommands(line, COMMANDS, List.of(arguments));
        line.addSubcommand(CommandLine.HelpCommand.class);
        line.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, command, parsed) -> explain(exception, command.getErr()));
        line.setParameterExceptionHandler((exception, parsed) -> {
            String near = exception instanceof CommandLine.UnmatchedArgumentException unmatched
                            && !unmatched.getSuggestions().isEmpty()
                    ? ", did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?"
                    : "";
            String command = exception.getCommandLine().getCommandSpec().qualifiedName();
            err.println("beits: %s%s; see %s --help".formatted(oneLine(exception.getMessage()), near, command));
            return USER_MISTAKE;
        });
        line.setExecutionStrategy(parsed -> {
            if (parsed.subcommand() == null && !parsed.isUsageHelpRequested() && !parsed.isVersionHelpRequested()) {
                line.usage(err);
                return USER_MISTAKE;
            }
            return new CommandLine.RunLast().execute(parsed);
        });
        try {
            return line.execute(arguments);
        } catch (OutOfMemoryError e) {
            err.println("beits: out of memory (%s): give the JVM more with BEITS_OPTS=-Xmx8g, or use smaller batches"
                    .formatted(oneLine(e.getMessage())));
            return FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    /**
     * Adds the command that the first argument names, or all when it names none; of these only the ones among the arguments with
     * their options: to describe the options of all to picocli takes a third of the time of {@code beits --help}.
     */
    private static void addCommands(CommandLine line, List<Class<?>> commands, List<String> arguments) {
        for (Class<?> command : commands) {
            if (!arguments.isEmpty() && about(command).name().equals(arguments.getFirst())) {
                addCommand(line, command, arguments);
                return;
            }
        }
        for (Class<?> command : commands) {
            String name = about(command).name();
            if (arguments.contains(name)) {
                addCommand(line, command, arguments);
            } else {
                CommandSpec listed = CommandSpec.create();
                listed.usageMessage().description(about(command).description());
                line.addSubcommand(name, listed);
            }
        }
    }

    private static void addCommand(CommandLine line, Class<?> command, List<String> arguments) {
        CommandLine added = new CommandLine(command);
        line.addSubcommand(added);
        if (command == BenchmarkCommand.class) {
            int name = arguments.indexOf(about(command).name());
            addCommands(added, BenchmarkCommand.COMMANDS, arguments.subList(name + 1, arguments.size()));
        }
    }

    private static Command about(Class<?> command) {
        return command.getAnnotation(Command.class);
    }

    private static int explain(Exception exception, PrintWriter err) {
        return switch (exception) {
            case UserException e -> say(err, e, USER_MISTAKE);
            case IllegalArgumentException e -> say(err, e, USER_MISTAKE);
            case PictureException e -> say(err, e, USER_MISTAKE);
            case CheckpointException e -> say(err, e, USER_MISTAKE);
            case DeviceFailedException e -> say(err, e, FAILED);
            case DeviceException e -> say(err, e, USER_MISTAKE);
            case NonFiniteLossException e -> say(err, e, FAILED);
            case NoSuchFileException e -> {
                err.println("beits: " + e.getMessage() + ": no such file");
                yield USER_MISTAKE;
            }
            case AccessDeniedException e -> {
                err.println("beits: " + e.getMessage() + ": no permission");
                yield USER_MISTAKE;
            }
            case FileAlreadyExistsException e -> {
                err.println("beits: " + e.getMessage() + ": is there already and no folder; name another");
                yield USER_MISTAKE;
            }
            case IOException e -> say(err, e, FAILED);
            case UncheckedIOException e -> explain(Objects.requireNonNull(e.getCause()), err);
            default -> {
                err.println("beits: unexpected " + exception.getClass().getSimpleName() + ": "
                        + oneLine(exception.getMessage()) + "; please report it with log.txt of the run");
                yield FAILED;
            }
        };
    }

    private static int say(PrintWriter err, Exception exception, int code) {
        err.println("beits: " + oneLine(exception.getMessage()));
        return code;
    }

    private static String oneLine(@Nullable String message) {
        return String.valueOf(message).replaceAll("\\s*\\R\\s*", " ");
    }
}
