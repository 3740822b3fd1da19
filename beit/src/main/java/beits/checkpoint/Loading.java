package beits.checkpoint;

import beits.checkpoint.LoadReport.Line;
import beits.checkpoint.LoadReport.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings the tensors of a checkpoint of any layout into the shapes of a model (official {@code run_class_finetuning}). Every tensor
 * of the file goes somewhere by a rule that the report names; whatever no rule explains stops the load.
 */
public final class Loading {
    private static final String TABLE = "relative_position_bias_table";
    private static final String SHARED_TABLE = "rel_pos_bias." + TABLE;
    private static final String BLOCK_TABLE = "attn." + TABLE;
    private static final String POSITIONS = "pos_embed";
    private static final int MOST_LISTED = 50;

    /** Parts of a pre-training or classification model that another head does without, and why. */
    private static final Map<String, String> LEFT_BEHIND = Map.of(
            "mask_token", "this model masks nothing",
            "lm_head.", "this model has no token head",
            "norm.", "this model has no final norm",
            "fc_norm.", "this model has no norm after pooling",
            "head.", "this model has no such classification head");

    /** Parts of a model that start fresh when only its encoder is taken from elsewhere. */
    private static final List<String> FRESH = List.of("fc_norm.", "head.", "norm.", "fpn", "lm_head.", "mask_token");

    private final NamedTensors source;
    private final Request request;
    private final Map<String, String> renamed;
    private final NamedTensors loaded = new NamedTensors();
    private final List<Line> lines = new ArrayList<>();
    private final List<String> unexplained = new ArrayList<>();
    private final List<String> stray = new ArrayList<>();

    private Loading(NamedTensors source, Request request, Map<String, String> renamed) {
        this.source = source;
        this.request = request;
        this.renamed = renamed;
    }

    /** What the tensors are for. */
    public enum Purpose {
        /** The same model, possibly for another picture size. */
        SAME_MODEL,
        /** The encoder goes into a model with another head; the new head starts fresh. */
        FINE_TUNING
    }

    /**
     * What the model wants.
     *
     * @param wanted name and shape of each parameter, under official names
     * @param prefix of the encoder's names in the model, for example {@code backbone.}; empty for none
     * @param grid patches of the model
     * @param sourceGrid patches of the checkpoint, or null for a square that its shapes tell
     * @param purpose what the tensors are for
     * @param allowMissing names in the model that may be missing from the file
     */
    public record Request(
            Map<String, List<Long>> wanted,
            String prefix,
            Grid grid,
            @Nullable Grid sourceGrid,
            Purpose purpose,
            Set<String> allowMissing) {
        public Request {
            wanted = new LinkedHashMap<>(wanted);
            allowMissing = Set.copyOf(allowMissing);
        }

        /** A request without prefix and exceptions, from a square checkpoint. */
        public static Request of(Map<String, List<Long>> wanted, Grid grid, Purpose purpose) {
            return new Request(wanted, "", grid, null, purpose, Set.of());
        }
    }

    /**
     * What came of a load.
     *
     * @param tensors for the model, by its names and in its shapes; those that start fresh are not there
     * @param report the account
     */
    public record Loaded(NamedTensors tensors, LoadReport report) {}

    /**
     * Loads.
     *
     * @param checkpoint of any layout
     * @param file its name, for the report and messages
     * @throws CheckpointException listing every tensor that no rule explains, with its shape and the nearest name
     */
    public static Loaded load(NamedTensors checkpoint, String file, Request request) throws CheckpointException {
        WeightLayout layout = WeightLayout.find(checkpoint);
        if (layout == null) {
            return new Loading(checkpoint, request, Map.of()).run(file, "names of its own", checkpoint, Map.of());
        }
        return load(WeightConversion.toOfficial(checkpoint, file), checkpoint, file, request);
    }

    /**
     * Loads what has its official names already.
     *
     * @param checkpoint what {@code official} was made of
     */
    public static Loaded load(WeightConversion.Official official, NamedTensors checkpoint, String file, Request request)
            throws CheckpointException {
        return new Loading(official.tensors(), request, official.renamed())
                .run(file, title(official.layout(), checkpoint), checkpoint, official.leftOut());
    }

    private static String title(WeightLayout layout, NamedTensors checkpoint) {
        boolean own = checkpoint.metadata().keySet().stream().anyMatch(key -> key.startsWith("beits."));
        return own && layout == WeightLayout.TIMM ? "our layout" : layout.title() + " layout";
    }

    private static String withoutPrefix(NamedTensors checkpoint) {
        String prefix = checkpoint.metadata().get(Checkpoints.PREFIX);
        return prefix == null ? "" : " with " + prefix + " taken off every name";
    }

    private Loaded run(String file, String layout, NamedTensors checkpoint, Map<String, String> leftOut)
            throws CheckpointException {
        source.tensors().forEach(this::place);
        leftOut.forEach((name, why) ->
                lines.add(new Line(Outcome.DROPPED, name, checkpoint.get(name).shape(), why)));
        request.wanted().forEach(this::lookForMissing);
        if (!unexplained.isEmpty()) {
            int more = unexplained.size() - MOST_LISTED;
            throw new CheckpointException("%s: %d tensors do not fit the model: %s%s"
                    .formatted(
                            file,
                            unexplained.size(),
                            String.join("; ", unexplained.subList(0, Math.min(MOST_LISTED, unexplained.size()))),
                            more > 0 ? "; and " + more + " more" : ""));
        }
        checkpoint.metadata().forEach(loaded::describe);
        return new Loaded(
                loaded,
                new LoadReport(
                        file,
                        layout + withoutPrefix(checkpoint),
                        checkpoint.tensors().size(),
                        lines));
    }

    private void place(String name, TensorData tensor) {
        String target = target(name);
        if (target != null && name.endsWith(BLOCK_TABLE) && spreadsSharedTable()) {
            lines.add(new Line(Outcome.DROPPED, name, tensor.shape(), "the shared table goes into every block"));
        } else if (target != null) {
            fit(name, target, tensor);
        } else if (name.equals(SHARED_TABLE) && spreadsSharedTable()) {
            for (String wanted : request.wanted().keySet()) {
                if (wanted.startsWith(request.prefix() + "blocks.") && wanted.endsWith(BLOCK_TABLE)) {
                    fit(name, wanted, tensor);
                }
            }
        } else {
            String reason = request.purpose() == Purpose.FINE_TUNING ? reasonToDrop(name) : null;
            if (reason == null) {
                stray.add(name);
                refuse(name, tensor, "is not in the model", unfilled());
            } else {
                lines.add(new Line(Outcome.DROPPED, name, tensor.shape(), reason));
            }
        }
    }

    private @Nullable String target(String name) {
        if (request.wanted().containsKey(name)) {
            return name;
        }
        String prefixed = request.prefix() + name;
        return request.wanted().containsKey(prefixed) ? prefixed : null;
    }

    /** Names that a stray tensor may have been meant for. */
    private Collection<String> unfilled() {
        List<String> unfilled = request.wanted().keySet().stream()
                .filter(wanted -> !source.has(unprefixed(wanted)))
                .toList();
        return unfilled.isEmpty() ? request.wanted().keySet() : unfilled;
    }

    /**
     * The checkpoint has a shared table and the model has tables in its blocks only. The official {@code run_class_finetuning} then
     * copies it over those of the checkpoint's blocks, if there are any.
     */
    private boolean spreadsSharedTable() {
        return source.has(SHARED_TABLE)
                && target(SHARED_TABLE) == null
                && request.wanted().keySet().stream().anyMatch(name -> name.endsWith(BLOCK_TABLE));
    }

    private static @Nullable String reasonToDrop(String name) {
        for (Map.Entry<String, String> part : LEFT_BEHIND.entrySet()) {
            if (name.startsWith(part.getKey())) {
                return part.getValue();
            }
        }
        return null;
    }

    private void fit(String name, String target, TensorData tensor) {
        List<Long> wanted = request.wanted().getOrDefault(target, List.of());
        if (loaded.has(target)) {
            refuse(name, tensor, "goes where another tensor went: " + target, List.of());
            return;
        }
        String resized = "";
        TensorData fitting = tensor;
        if (!floating(tensor.type())) {
            refuse(name, tensor, "holds " + tensor.type() + " where floats are needed", List.of());
            return;
        }
        if (!tensor.shape().equals(wanted)) {
            try {
                Grid from = positionsOf(name, tensor, wanted);
                if (from == null) {
                    misfit(name, tensor, wanted);
                    return;
                }
                boolean table = name.endsWith(TABLE);
                fitting = table
                        ? PositionResizing.relative(tensor, from, request.grid())
                        : PositionResizing.absolute(tensor, from, request.grid());
                resized = "%s -> %s, %s".formatted(from, request.grid(), table ? "geometric" : "bicubic");
            } catch (IllegalArgumentException e) {
                refuse(name, tensor, "cannot be resized: " + e.getMessage(), List.of());
                return;
            }
            if (!fitting.shape().equals(wanted)) {
                misfit(name, tensor, wanted);
                return;
            }
        }
        loaded.put(target, fitting);
        boolean converted = name.equals(SHARED_TABLE) && target.endsWith(BLOCK_TABLE);
        String origin = converted ? "copied from " + renamed.getOrDefault(name, name) : renamed.getOrDefault(name, "");
        if (converted) {
            lines.add(new Line(Outcome.CONVERTED, target, wanted, origin));
        }
        if (!resized.isEmpty()) {
            lines.add(new Line(Outcome.RESIZED, target, wanted, resized));
        } else if (!converted) {
            boolean other = !origin.isEmpty() || !target.equals(name);
            lines.add(new Line(
                    other ? Outcome.RENAMED : Outcome.LOADED,
                    target,
                    wanted,
                    other ? "was " + (origin.isEmpty() ? name : origin) : ""));
        }
    }

    private static boolean floating(TensorType type) {
        return switch (type) {
            case F64, F32, F16, BF16 -> true;
            case I64, I32, I16, I8, U8, BOOL -> false;
        };
    }

    /** The grid that positions were made for; null when the tensor holds no positions that could be resized. */
    private @Nullable Grid positionsOf(String name, TensorData tensor, List<Long> wanted) {
        List<Long> shape = tensor.shape();
        if (name.endsWith(TABLE)
                && shape.size() == 2
                && wanted.size() == 2
                && shape.get(1).equals(wanted.get(1))) {
            return request.sourceGrid() != null ? request.sourceGrid() : Grid.ofRelativeRows(shape.getFirst());
        }
        if (name.endsWith(POSITIONS)
                && shape.size() == 3
                && wanted.size() == 3
                && shape.get(2).equals(wanted.get(2))) {
            return request.sourceGrid() != null ? request.sourceGrid() : Grid.ofTokens(shape.get(1));
        }
        return null;
    }

    private void misfit(String name, TensorData tensor, List<Long> wanted) {
        if (request.purpose() == Purpose.FINE_TUNING && (name.startsWith("head.") || name.startsWith("lm_head."))) {
            String other = name.startsWith("lm_head.") ? "tokens" : "classes";
            lines.add(new Line(Outcome.DROPPED, name, tensor.shape(), "the head has other " + other + " here"));
        } else {
            refuse(name, tensor, "should be " + wanted, List.of());
        }
    }

    private void lookForMissing(String target, List<Long> shape) {
        if (loaded.has(target)) {
            return;
        }
        if (request.allowMissing().contains(target)) {
            lines.add(new Line(Outcome.NEW, target, shape, "allowed: new, initialised"));
        } else if (request.purpose() == Purpose.FINE_TUNING && fresh(target)) {
            lines.add(new Line(Outcome.NEW, target, shape, "new, initialised"));
        } else if (!source.has(unprefixed(target))) {
            unexplained.add("%s %s is missing from the file%s"
                    .formatted(
                            target,
                            shape,
                            nearest(target, stray.isEmpty() ? source.tensors().keySet() : stray)));
        }
    }

    private String unprefixed(String target) {
        return target.startsWith(request.prefix())
                ? target.substring(request.prefix().length())
                : target;
    }

    private boolean fresh(String target) {
        return !target.startsWith(request.prefix()) || FRESH.stream().anyMatch(unprefixed(target)::startsWith);
    }

    private void refuse(String name, TensorData tensor, String why, Collection<String> candidates) {
        String before = renamed.containsKey(name) ? " (" + renamed.get(name) + ")" : "";
        unexplained.add("%s%s %s %s%s".formatted(name, before, tensor.shape(), why, nearest(name, candidates)));
    }

    private static String nearest(String name, Collection<String> candidates) {
        String nearest = NearestName.of(name, candidates);
        return nearest.isEmpty() ? "" : ", nearest is " + nearest;
    }
}
