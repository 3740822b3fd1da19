package beits.job;

import beits.checkpoint.AtomicFile;
import beits.checkpoint.BeitDescription;
import beits.checkpoint.BeitDescription.Hints;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.Grid;
import beits.checkpoint.LoadReport;
import beits.checkpoint.Loading;
import beits.checkpoint.ModelConfigs;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.PyTorchFile;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.checkpoint.WeightConversion;
import beits.checkpoint.WeightLayout;
import beits.model.BeitConfig;
import beits.recipe.ModelRecipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checkpoints of BEiT models from any layout to any other, for the same or another picture size. */
public final class Conversion {
    /** What does not exist in timm's BEiT and so stands beside its weights in a folder. */
    private static final String TOKEN_HEAD_FILE = "token_head.safetensors";

    /** Where the official code looks for the weights; timm and Hugging Face load a bare state dict in all of their versions. */
    private static final String OFFICIAL_KEY = "model";

    private static final Set<String> TOKEN_HEAD = Set.of("mask_token", "lm_head.weight", "lm_head.bias");

    private static final String SAFETENSORS = ".safetensors";

    /** Endings of what {@code torch.load} reads. */
    private static final List<String> PYTORCH = List.of(".pth", ".pt", ".bin");

    private static final List<String> OTHER_FORMATS = List.of(
            SAFETENSORS, ".pth", ".pt", ".bin", ".ckpt", ".pkl", ".pickle", ".npz", ".npy", ".h5", ".onnx", ".tar");

    private Conversion() {}

    /** What is written. */
    public enum Target {
        /** Official names, with a description of the model. */
        OURS,
        /** Official names with the index buffers. */
        OFFICIAL,
        /** timm's names, with {@code config.json}. */
        TIMM,
        /** Hugging Face's names, with {@code config.json} and {@code preprocessor_config.json}. */
        HF
    }

    /** Pixels of a picture. */
    public record PictureSize(int height, int width) {
        /**
         * {@code N} for a square, or {@code HEIGHTxWIDTH}.
         *
         * @throws IllegalArgumentException for anything else
         */
        public static PictureSize parse(String text) {
            if (!text.matches("[1-9]\\d{0,4}(x[1-9]\\d{0,4})?")) {
                throw new IllegalArgumentException(
                        "picture size %s: must be pixels, such as 384 or 384x512".formatted(text));
            }
            List<String> parts = List.of(text.split("x", -1));
            return new PictureSize(Integer.parseInt(parts.getFirst()), Integer.parseInt(parts.getLast()));
        }
    }

    /**
     * What is wanted.
     *
     * @param to layout of the result
     * @param size of the pictures, or none to keep it
     * @param heads attention heads where the file does not tell, else 0
     * @param allowMissing official names of tensors that may be missing
     */
    public record Wish(Target to, @Nullable PictureSize size, int heads, Set<String> allowMissing) {
        public Wish {
            allowMissing = Set.copyOf(allowMissing);
        }
    }

    /**
     * What came of it.
     *
     * @param report the account of every tensor
     * @param written the files
     * @param nonFinite a sentence about weights that are NaN or infinite, which were passed through, or null
     */
    public record Result(
            LoadReport report, List<Path> written, @Nullable String nonFinite) {
        public Result {
            written = List.copyOf(written);
        }
    }

    /** What a file tells beyond its tensors. */
    private record Known(
            Hints hints,
            List<String> classNames,
            List<Float> mean,
            List<Float> std,
            @Nullable String hash) {
        static Known of(NamedTensors checkpoint, Path file, int heads) throws IOException {
            if (ModelCard.isIn(checkpoint)) {
                ModelCard card = ModelCard.of(checkpoint, file.toString());
                ModelRecipe encoder = card.encoder();
                if (encoder == null) {
                    throw new CheckpointException("%s: holds a %s, which has no other layout; give a BEiT encoder"
                            .formatted(file, card.kind().title()));
                }
                return new Known(
                        new Hints(encoder.heads(), encoder.imageSize(), encoder.imageSize()),
                        card.classNames(),
                        card.mean(),
                        card.std(),
                        card.tokenizerHash());
            }
            // The official code writes no configuration: one beside its files belongs to something else.
            boolean official = WeightLayout.of(checkpoint, file.toString()) == WeightLayout.OFFICIAL;
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            ModelConfigs.Told told = official ? ModelConfigs.Told.NOTHING : ModelConfigs.read(folder);
            return new Known(told.hints().withHeads(heads), told.classNames(), told.mean(), told.std(), null);
        }
    }

    /**
     * Converts.
     *
     * @param in a checkpoint of any layout
     * @param out a file that ends in {@code .safetensors} or, for {@code torch.load}, in {@code .pth}, {@code .pt} or {@code .bin}; or
     *     a folder for {@code model.safetensors} and its configuration
     * @throws CheckpointException when a tensor is not explained by any rule, or something is there already
     */
    public static Result convert(Path in, Path out, Wish wish) throws IOException {
        requireKnownEnding(out, wish.to);
        NamedTensors checkpoint = open(in);
        if (DallEWeights.isIn(checkpoint)) {
            return tokenizer(checkpoint, in, out, wish);
        }
        if (SegmenterConversion.appliesTo(checkpoint, in)) {
            return SegmenterConversion.convert(checkpoint, in, out, wish);
        }
        Read read = read(checkpoint, in, wish);
        return new Result(
                read.loaded.report(),
                write(weights(read.loaded.tensors()), read, in, out, wish.to),
                Checkpoints.nonFinite(checkpoint, in.toString()));
    }

    /**
     * A checkpoint as one of ours, without a file.
     *
     * @param checkpoint of another layout, the content of {@code file}, as {@link #open} gives it
     * @param notes hears what was assumed because neither the file nor a configuration beside it tells
     * @throws CheckpointException when it holds no BEiT encoder, or something must be given that {@code beits convert} takes
     */
    static ModelFile described(NamedTensors checkpoint, Path file, Consumer<String> notes) throws IOException {
        if (DallEWeights.isIn(checkpoint)) {
            throw new CheckpointException(
                    file + ": holds DALL-E's tokenizer, which has no encoder; give a pre-trained or fine-tuned model");
        }
        if (SegmenterConversion.appliesTo(checkpoint, file)) {
            return SegmenterConversion.described(checkpoint, file, notes);
        }
        Read read = read(checkpoint, file, new Wish(Target.OURS, null, 0, Set.of()));
        BeitConfig network = read.target.network();
        List<String> assumed = new ArrayList<>();
        if (read.target.classes() > 0 && read.known.classNames.size() != read.target.classes()) {
            assumed.add("class names class 0 to class %d".formatted(read.target.classes() - 1));
        }
        if (read.known.mean.size() != network.channels() || read.known.std.size() != network.channels()) {
            assumed.add("mean and deviation 0.5, those of the official code");
        }
        if (!assumed.isEmpty()) {
            notes.accept("%s: %s, which does not tell everything; taken: %s"
                    .formatted(file, read.loaded.report().layout(), String.join(", ", assumed)));
        }
        ModelCard card = card(read, file);
        NamedTensors weights = weights(read.loaded.tensors());
        card.description().forEach(weights::describe);
        return new ModelFile(weights, card, file.toString());
    }

    /** What was understood of a checkpoint, and its tensors for the size that was wished. */
    private record Read(Known known, BeitDescription target, Loading.Loaded loaded) {}

    private static Read read(NamedTensors checkpoint, Path in, Wish wish) throws IOException {
        Known known = Known.of(checkpoint, in, wish.heads);
        WeightConversion.Official official = WeightConversion.toOfficial(checkpoint, in.toString());
        Hints hints = known.hints;
        if (wish.size != null && hints.imageHeight() == 0 && !BeitDescription.tellsSize(official.tensors())) {
            hints = new Hints(hints.heads(), wish.size.height, wish.size.width);
        }
        BeitDescription source = BeitDescription.infer(official.tensors(), hints, in.toString());
        BeitDescription target = resized(source, wish.size);
        Loading.Loaded loaded = Loading.load(
                official,
                checkpoint,
                in.toString(),
                new Loading.Request(
                        target.parameters(),
                        "",
                        target.grid(),
                        source.grid(),
                        Loading.Purpose.SAME_MODEL,
                        wish.allowMissing));
        return new Read(known, target, loaded);
    }

    /** A weights file of another format would become a folder of that name. */
    private static void requireKnownEnding(Path out, Target to) throws CheckpointException {
        String name = String.valueOf(out.getFileName()).toLowerCase(Locale.ROOT);
        if (isFile(out)) {
            if (to == Target.OURS && !name.endsWith(SAFETENSORS)) {
                throw new CheckpointException(
                        out + ": our own layout describes its model in safetensors; name a file that ends in "
                                + ".safetensors, or a folder, or use --to official, timm or hf");
            }
        } else if (!Files.isDirectory(out) && OTHER_FORMATS.stream().anyMatch(name::endsWith)) {
            throw new CheckpointException(
                    out + ": no format that is written; name a file that ends in .safetensors, .pth, .pt or .bin, "
                            + "or a folder");
        }
    }

    /** Whether a file of weights is meant, else it is a folder for them. */
    static boolean isFile(Path out) {
        return out.toString().endsWith(SAFETENSORS) || isPyTorch(out) && !Files.isDirectory(out);
    }

    private static boolean isPyTorch(Path file) {
        return PYTORCH.stream().anyMatch(file.toString()::endsWith);
    }

    private static Result tokenizer(NamedTensors checkpoint, Path in, Path out, Wish wish) throws IOException {
        if (wish.to != Target.OURS || wish.size != null || !wish.allowMissing.isEmpty()) {
            throw new CheckpointException(
                    in + ": is DALL-E's tokenizer, which needs no size and has no other layout; use --to ours alone");
        }
        DallEWeights read = DallEWeights.read(checkpoint, in, DallEWeights.PUBLISHED_SIZE);
        Path model = isFile(out) ? out : out.resolve("model.safetensors");
        requireNew(model);
        NamedTensors weights = weights(read.tensors());
        ModelCard.ofDallE().forEach(weights::describe);
        Safetensors.write(model, weights);
        return new Result(read.report(), List.of(model), Checkpoints.nonFinite(weights, in.toString()));
    }

    /** The content of a checkpoint; a token head that timm has no place for is taken from beside it. */
    static NamedTensors open(Path in) throws IOException {
        NamedTensors checkpoint = Checkpoints.read(in);
        Path head = in.resolveSibling(TOKEN_HEAD_FILE);
        if (!in.endsWith("model.safetensors") || !Files.isRegularFile(head)) {
            return checkpoint;
        }
        NamedTensors whole = new NamedTensors();
        checkpoint.tensors().forEach(whole::put);
        Safetensors.read(head).tensors().forEach(whole::put);
        checkpoint.metadata().forEach(whole::describe);
        return whole;
    }

    static BeitDescription resized(BeitDescription source, @Nullable PictureSize size) {
        if (size == null) {
            return source;
        }
        int patch = source.network().patchSize();
        if (size.height % patch != 0 || size.width % patch != 0) {
            throw new IllegalArgumentException("picture size %dx%d: must be a multiple of the %d-pixel patches"
                    .formatted(size.height, size.width, patch));
        }
        return source.withImageSize(size.height, size.width);
    }

    /** The tensors without what the source said of itself. */
    static NamedTensors weights(NamedTensors loaded) {
        NamedTensors weights = new NamedTensors();
        loaded.tensors().forEach(weights::put);
        return weights;
    }

    private static List<Path> write(NamedTensors weights, Read read, Path in, Path out, Target to) throws IOException {
        BeitDescription target = read.target;
        Known known = read.known;
        BeitConfig network = target.network();
        List<Float> mean = perChannel(known.mean, network.channels());
        List<Float> std = perChannel(known.std, network.channels());
        boolean file = isFile(out);
        Path model = file ? out : out.resolve("model.safetensors");
        Path config = model.resolveSibling("config.json");
        Path processor = model.resolveSibling("preprocessor_config.json");
        Path head = model.resolveSibling(TOKEN_HEAD_FILE);
        Grid grid = target.grid();
        return switch (to) {
            case OURS -> {
                requireNew(model);
                card(read, in).description().forEach(weights::describe);
                Safetensors.write(model, weights);
                yield List.of(model);
            }
            case OFFICIAL -> {
                requireNew(model);
                write(model, WeightConversion.to(WeightLayout.OFFICIAL, weights, grid), OFFICIAL_KEY);
                yield List.of(model);
            }
            case TIMM -> {
                requireNew(model, config);
                text(config, ModelConfigs.timm(target, known.classNames, mean, std));
                NamedTensors named = WeightConversion.to(WeightLayout.TIMM, weights, grid);
                if (file || target.vocabulary() == 0) {
                    write(model, named, null);
                    yield List.of(model, config);
                }
                requireNew(head);
                write(head, part(named, true), null);
                write(model, part(named, false), null);
                yield List.of(model, head, config);
            }
            case HF -> {
                requireNew(model, config, processor);
                NamedTensors named = WeightConversion.to(WeightLayout.HUGGING_FACE, weights, grid);
                TensorData any = named.tensors().values().iterator().next();
                text(config, ModelConfigs.huggingFace(target, known.classNames, any.type()));
                text(processor, ModelConfigs.imageProcessor(network, mean, std));
                write(model, named, null);
                yield List.of(model, config, processor);
            }
        };
    }

    /** One value a channel: what is known, else the official 0.5. */
    static List<Float> perChannel(List<Float> values, int channels) {
        return values.size() == channels ? values : Collections.nCopies(channels, 0.5f);
    }

    /** Refuses what a card of ours cannot describe. */
    static void requireSquare(BeitConfig network, Path in) throws CheckpointException {
        if (network.imageHeight() != network.imageWidth()) {
            throw new CheckpointException(
                    "%s: is for pictures of %d x %d, our own checkpoints are for square ones; beits convert takes --input-size N"
                            .formatted(in, network.imageHeight(), network.imageWidth()));
        }
    }

    private static ModelCard card(Read read, Path in) throws CheckpointException {
        BeitDescription target = read.target;
        BeitConfig network = target.network();
        requireSquare(network, in);
        ModelKind kind = target.vocabulary() > 0
                ? ModelKind.MASKED_IMAGE_MODEL
                : target.classes() > 0 ? ModelKind.CLASSIFIER : ModelKind.ENCODER;
        return new ModelCard(
                kind,
                ModelRecipe.of(network),
                null,
                target.vocabulary(),
                target.pooling(),
                classNames(target.classes(), read.known.classNames),
                perChannel(read.known.mean, network.channels()),
                perChannel(read.known.std, network.channels()),
                read.known.hash);
    }

    static List<String> classNames(int classes, List<String> known) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            names.add(known.size() == classes ? known.get(i) : "class " + i);
        }
        return names;
    }

    /**
     * Writes weights for PyTorch in the format that the file's ending asks for.
     *
     * @param key under which the loaders of the layout look in what {@code torch.load} gives; null if they expect the weights alone
     */
    static void write(Path file, NamedTensors weights, @Nullable String key) throws IOException {
        if (isPyTorch(file)) {
            PyTorchFile.write(file, weights, key);
        } else {
            // The loaders of Hugging Face want to be told.
            Safetensors.write(file, weights.describe("format", "pt"));
        }
    }

    private static NamedTensors part(NamedTensors tensors, boolean tokenHead) {
        NamedTensors part = new NamedTensors();
        tensors.tensors().forEach((name, tensor) -> {
            if (TOKEN_HEAD.contains(name) == tokenHead) {
                part.put(name, tensor);
            }
        });
        return part;
    }

    static void requireNew(Path... files) throws CheckpointException {
        for (Path file : files) {
            if (Files.exists(file)) {
                throw new CheckpointException(file + ": is there already; name another file or folder");
            }
        }
    }

    static void text(Path file, String text) throws IOException {
        AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }
}
