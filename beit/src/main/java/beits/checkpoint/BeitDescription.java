package beits.checkpoint;

import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.model.ImageClassifier.Pooling;
import beits.model.MaskedImageModel;
import beits.model.WeightInitialisation;
import beits.nn.LayerNorm;
import beits.nn.Linear;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What model a checkpoint holds, as far as its tensors tell.
 *
 * @param network the encoder; drop path is not in a checkpoint and 0 here, and the start value of LayerScale is the official one for
 *     the depth
 * @param vocabulary visual tokens of the token head, 0 for none
 * @param classes of the classification head, 0 for none
 * @param pooling what the classification head looks at, or would by the norm that is there; null for a model with a token head
 *     and an encoder without any norm
 * @param maskToken whether there is a mask token
 */
public record BeitDescription(
        BeitConfig network,
        int vocabulary,
        int classes,
        @Nullable Pooling pooling,
        boolean maskToken) {
    private static final String BLOCK = "blocks.0.";
    private static final String TABLE = "relative_position_bias_table";
    private static final int OFFICIAL_HEAD_WIDTH = 64;
    private static final int DEEPEST_WITH_LARGE_SCALE = 12;

    /**
     * What the tensors do not always tell.
     *
     * @param heads attention heads, 0 for unknown; the tables have a column for each, other models do not tell
     * @param imageHeight pixels, 0 for unknown; positions tell the number of patches, and square is assumed
     * @param imageWidth pixels, 0 for unknown
     */
    public record Hints(int heads, int imageHeight, int imageWidth) {
        /** Nothing is known. */
        public static final Hints NONE = new Hints(0, 0, 0);

        /** The same with these attention heads, unless they are 0. */
        public Hints withHeads(int known) {
            return known > 0 ? new Hints(known, imageHeight, imageWidth) : this;
        }
    }

    /**
     * Infers a description.
     *
     * @param tensors under official names, as {@link WeightConversion.Official#tensors}
     * @param source name of the file, for messages
     * @throws CheckpointException when they are no BEiT, contradict the hints, or need some
     */
    public static BeitDescription infer(NamedTensors tensors, Hints hints, String source) throws CheckpointException {
        List<Long> patch = shape(tensors, "patch_embed.proj.weight", 4, source);
        List<Long> hidden = shape(tensors, BLOCK + "mlp.fc1.weight", 2, source);
        long width = patch.get(0);
        if (!patch.get(2).equals(patch.get(3)) || !hidden.get(1).equals(patch.get(0))) {
            throw new CheckpointException("%s: patch_embed.proj.weight %s and %smlp.fc1.weight %s do not make a BEiT"
                    .formatted(source, patch, BLOCK, hidden));
        }
        int depth = 1
                + tensors.tensors().keySet().stream()
                        .mapToInt(WeightNames::block)
                        .max()
                        .orElse(-1);
        boolean shared = tensors.has("rel_pos_bias." + TABLE);
        boolean perBlock = tensors.has(BLOCK + "attn." + TABLE);
        boolean absolute = tensors.has("pos_embed");
        boolean scaled = tensors.has(BLOCK + "gamma_1");
        List<Long> table = shared || perBlock
                ? shape(tensors, shared ? "rel_pos_bias." + TABLE : BLOCK + "attn." + TABLE, 2, source)
                : List.of();
        int patchSize = Math.toIntExact(patch.get(2));
        Grid grid = grid(tensors, table, absolute, hints, patchSize, source);
        int vocabulary = rows(tensors, "lm_head.weight", source);
        int classes = rows(tensors, "head.weight", source);
        try {
            BeitConfig network = new BeitConfig(
                    grid.height() * patchSize,
                    grid.width() * patchSize,
                    patchSize,
                    Math.toIntExact(patch.get(1)),
                    Math.toIntExact(width),
                    depth,
                    heads(table, hints, width, source),
                    ratio(hidden.get(0), width),
                    tensors.has(BLOCK + "attn.q_bias"),
                    absolute,
                    shared,
                    perBlock,
                    scaled ? depth <= DEEPEST_WITH_LARGE_SCALE ? 0.1 : 1e-5 : 0,
                    0);
            return new BeitDescription(
                    network, vocabulary, classes, pooling(tensors, vocabulary, classes), tensors.has("mask_token"));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException("%s: its shapes do not make a BEiT: %s".formatted(source, e.getMessage()), e);
        }
    }

    private static @Nullable Pooling pooling(NamedTensors tensors, int vocabulary, int classes) {
        if (vocabulary > 0 || (classes == 0 && !tensors.has("norm.weight") && !tensors.has("fc_norm.weight"))) {
            return null;
        }
        return tensors.has("fc_norm.weight") ? Pooling.MEAN : Pooling.CLASS_TOKEN;
    }

    /** The same model for pictures of another size. */
    public BeitDescription withImageSize(int height, int width) {
        BeitConfig n = network;
        return new BeitDescription(
                new BeitConfig(
                        height,
                        width,
                        n.patchSize(),
                        n.channels(),
                        n.width(),
                        n.depth(),
                        n.heads(),
                        n.mlpRatio(),
                        n.qkvBias(),
                        n.absolutePositions(),
                        n.sharedRelativeBias(),
                        n.blockRelativeBias(),
                        n.layerScale(),
                        n.dropPath()),
                vocabulary,
                classes,
                pooling,
                maskToken);
    }

    /** Name and shape of every parameter of such a model, under official names in their order. */
    public Map<String, List<Long>> parameters() {
        Layout layout = new Layout();
        if (vocabulary > 0) {
            new MaskedImageModel(layout, network, vocabulary);
        } else {
            new Encoder(layout, network, WeightInitialisation.FINETUNING, maskToken);
            if (pooling != null) {
                String norm = pooling == Pooling.MEAN ? "fc_norm" : "norm";
                LayerNorm.create(layout, norm, network.width(), BeitConfig.EPSILON);
            }
            if (classes > 0) {
                Linear.create(layout, "head", network.width(), classes, true, Initialiser.ZEROS);
            }
        }
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (Parameter parameter : layout.parameters()) {
            int[] extents = parameter.slot().shape().extents();
            shapes.put(
                    parameter.name(),
                    Arrays.stream(extents).mapToObj(Long::valueOf).toList());
        }
        return shapes;
    }

    /** The grid of the encoder. */
    public Grid grid() {
        return new Grid(network.gridHeight(), network.gridWidth());
    }

    private static List<Long> shape(NamedTensors tensors, String name, int rank, String source)
            throws CheckpointException {
        List<Long> shape = tensors.has(name) ? tensors.get(name).shape() : List.of();
        if (shape.size() != rank || shape.stream().anyMatch(extent -> extent < 1 || extent > 1 << 24)) {
            throw new CheckpointException("%s: %s is %s where %d extents are needed; this is no whole BEiT"
                    .formatted(source, name, tensors.has(name) ? shape : "missing", rank));
        }
        return shape;
    }

    private static int rows(NamedTensors tensors, String name, String source) throws CheckpointException {
        return tensors.has(name)
                ? Math.toIntExact(shape(tensors, name, 2, source).getFirst())
                : 0;
    }

    /** Whether the positions, under official names, are those of a square picture. */
    public static boolean tellsSize(NamedTensors tensors) {
        try {
            for (Map.Entry<String, TensorData> entry : tensors.tensors().entrySet()) {
                List<Long> shape = entry.getValue().shape();
                if (entry.getKey().endsWith(TABLE) && !shape.isEmpty()) {
                    return Grid.ofRelativeRows(shape.getFirst()).patches() > 0;
                }
                if (entry.getKey().equals("pos_embed") && shape.size() > 1) {
                    return Grid.ofTokens(shape.get(1)).patches() > 0;
                }
            }
            return false;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Grid grid(
            NamedTensors tensors, List<Long> table, boolean absolute, Hints hints, int patchSize, String source)
            throws CheckpointException {
        long tokens = absolute ? shape(tensors, "pos_embed", 3, source).get(1) : 0;
        if (hints.imageHeight() > 0 && hints.imageWidth() > 0) {
            try {
                Grid grid = new Grid(hints.imageHeight() / patchSize, hints.imageWidth() / patchSize);
                if ((tokens == 0 || tokens == grid.patches() + 1)
                        && (table.isEmpty() || table.getFirst() == grid.relativeRows())) {
                    return grid;
                }
            } catch (IllegalArgumentException e) {
                throw new CheckpointException(source + ": " + e.getMessage(), e);
            }
            throw new CheckpointException(
                    "%s: its positions are not those of a picture of %d x %d pixels; image_size in config.json, or --input-size, must be what it was trained for"
                            .formatted(source, hints.imageHeight(), hints.imageWidth()));
        }
        if (!table.isEmpty()) {
            return square(Grid::ofRelativeRows, table.getFirst(), source);
        }
        if (tokens > 0) {
            return square(Grid::ofTokens, tokens, source);
        }
        throw new CheckpointException(
                source + ": has no positions, so its picture size must be given: beits convert takes --input-size");
    }

    private static Grid square(LongFunction<Grid> of, long rows, String source) throws CheckpointException {
        try {
            return of.apply(rows);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    source + ": " + e.getMessage() + "; give its picture size: beits convert takes --input-size", e);
        }
    }

    private static int heads(List<Long> table, Hints hints, long width, String source) throws CheckpointException {
        if (!table.isEmpty()) {
            if (hints.heads() > 0 && hints.heads() != table.get(1)) {
                throw new CheckpointException(
                        "%s: has %d attention heads, not %d".formatted(source, table.get(1), hints.heads()));
            }
            return Math.toIntExact(table.get(1));
        }
        if (hints.heads() > 0) {
            return hints.heads();
        }
        if (width % OFFICIAL_HEAD_WIDTH != 0) {
            throw new CheckpointException(
                    source
                            + ": has no relative positions, so its number of attention heads must be given: beits convert takes --heads");
        }
        return Math.toIntExact(width / OFFICIAL_HEAD_WIDTH);
    }

    /** The ratio that {@link BeitConfig#mlpWidth} turns back into the hidden width. */
    private static double ratio(long hidden, long width) {
        double ratio = (double) hidden / width;
        return (long) (width * ratio) < hidden ? Math.nextUp(ratio) : ratio;
    }
}
