package beits.job;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.checkpoint.BeitDescription;
import beits.checkpoint.BeitDescription.Hints;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.Grid;
import beits.checkpoint.Loading;
import beits.checkpoint.ModelConfigs;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.checkpoint.SegmenterWeights;
import beits.checkpoint.TensorData;
import beits.checkpoint.WeightConversion;
import beits.checkpoint.WeightLayout;
import beits.model.BeitConfig;
import beits.recipe.ModelRecipe;
import beits.recipe.SegmentRecipe;
import beits.segmentation.SegmentationConfig;
import beits.segmentation.SegmentationModel;
import beits.tensor.Slot;
import beits.transform.Normalisation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** BEiT with UPerNet between our checkpoints, mmseg's and transformers' {@code BeitForSemanticSegmentation}. */
final class SegmenterConversion {
    private static final String CLASSES = "decode_head.conv_seg.weight";
    private static final String UPERNET = "decode_head.psp_modules.0.1.conv.weight";
    private static final String AUXILIARY = "auxiliary_head.";
    private static final String AUXILIARY_CLASSES = AUXILIARY + "conv_seg.weight";

    /** Where mmseg looks for the weights in what {@code torch.load} gives. */
    private static final String MMSEG_KEY = "state_dict";

    /** Tensors of the official auxiliary head: a convolution, its batch norm and the classes' weight and bias. */
    private static final int OFFICIAL_AUXILIARY = 7;

    /** The patches for which transformers' feature pyramid is also the official one. */
    private static final int PATCH = 16;

    /** Blocks of the released models by their depth (official {@code out_indices}). */
    private static final Map<Integer, List<Integer>> RELEASED_BLOCKS =
            Map.of(12, List.of(3, 5, 7, 11), 24, List.of(7, 11, 15, 23));

    private SegmenterConversion() {}

    /** What a file, or the configuration beside it, tells beyond its tensors; the blocks are empty where nothing tells them. */
    private record Known(
            Hints hints, List<String> classNames, List<Float> mean, List<Float> std, List<Integer> blocks) {}

    /** What was understood of a checkpoint, and its tensors for the size that was wished. */
    private record Read(Known known, WeightLayout layout, SegmentationConfig.UperNet config, Loading.Loaded loaded) {}

    /** Whether a checkpoint holds a segmentation model. */
    static boolean appliesTo(NamedTensors checkpoint, Path file) throws CheckpointException {
        return ModelCard.isIn(checkpoint)
                ? ModelCard.of(checkpoint, file.toString()).kind() == ModelKind.SEGMENTER
                : SegmenterWeights.isIn(checkpoint);
    }

    /** As {@link Conversion#convert}. */
    static Conversion.Result convert(NamedTensors checkpoint, Path in, Path out, Conversion.Wish wish)
            throws IOException {
        Read read = read(checkpoint, in, wish);
        return new Conversion.Result(
                read.loaded.report(),
                write(read, in, out, wish.to()),
                Checkpoints.nonFinite(checkpoint, in.toString()));
    }

    /** As {@link Conversion#described}. */
    static ModelFile described(NamedTensors checkpoint, Path file, Consumer<String> notes) throws IOException {
        Read read = read(checkpoint, file, new Conversion.Wish(Conversion.Target.OURS, null, 0, Set.of()));
        SegmentationConfig.UperNet config = read.config;
        int channels = config.encoder().channels();
        boolean huggingFace = read.layout == WeightLayout.HUGGING_FACE;
        List<String> assumed = new ArrayList<>();
        if (read.known.classNames.size() != config.classes()) {
            assumed.add("class names class 0 to class %d".formatted(config.classes() - 1));
        }
        if (read.known.mean.size() != channels || read.known.std.size() != channels) {
            assumed.add("mean and deviation 0.5");
        }
        if (!huggingFace) {
            assumed.add(
                    "mean and deviation of ImageNet, the decoder on the outputs of blocks %s, as the released models"
                            .formatted(config.blocks()));
        }
        if (!assumed.isEmpty()) {
            notes.accept("%s: %s, which does not tell everything; taken: %s"
                    .formatted(file, read.loaded.report().layout(), String.join(", ", assumed)));
        }
        if (huggingFace) {
            notes.accept(
                    "%s: out_indices %s are taken as transformers takes them: the outputs of blocks %s, counted from 0"
                            .formatted(file, SegmenterWeights.outIndices(config.blocks()), config.blocks()));
        }
        ModelCard card = card(read, file);
        NamedTensors weights = Conversion.weights(read.loaded.tensors());
        card.description().forEach(weights::describe);
        return new ModelFile(weights, card, file.toString());
    }

    private static Read read(NamedTensors checkpoint, Path in, Conversion.Wish wish) throws IOException {
        String source = in.toString();
        Known own = ModelCard.isIn(checkpoint) ? own(ModelCard.of(checkpoint, source), source) : null;
        WeightConversion.Official official = SegmenterWeights.toOfficial(checkpoint, source);
        NamedTensors tensors = official.tensors();
        if (!tensors.has(UPERNET) || !tensors.has(CLASSES)) {
            throw noUperNet(source);
        }
        Known known = own != null ? own : beside(in, wish.heads(), official.layout());
        BeitDescription encoder = BeitDescription.infer(SegmenterWeights.encoder(tensors), known.hints, source);
        List<Integer> blocks = known.blocks;
        if (blocks.isEmpty()) {
            blocks = RELEASED_BLOCKS.getOrDefault(encoder.network().depth(), List.of());
        }
        if (blocks.isEmpty()) {
            throw new CheckpointException(
                    "%s: does not tell which of its %d blocks the decoder reads, which is known of models with 12 and 24 only; train from it with initFrom, or convert a run"
                            .formatted(source, encoder.network().depth()));
        }
        if (official.layout() == WeightLayout.HUGGING_FACE) {
            checkHuggingFace(in, blocks, encoder.network());
        }
        official = withoutForeignAuxiliary(official);
        SegmentationConfig.UperNet config =
                config(Conversion.resized(encoder, wish.size()).network(), official.tensors(), blocks, source);
        Loading.Loaded loaded = Loading.load(
                official,
                checkpoint,
                source,
                new Loading.Request(
                        wanted(config),
                        "backbone.",
                        new Grid(config.encoder().gridHeight(), config.encoder().gridWidth()),
                        encoder.grid(),
                        Loading.Purpose.SAME_MODEL,
                        wish.allowMissing()));
        return new Read(known, official.layout(), config, loaded);
    }

    private static Known own(ModelCard card, String source) throws CheckpointException {
        ModelRecipe encoder = Objects.requireNonNull(card.encoder());
        ModelCard.Decoder decoder = card.decoder();
        if (decoder == null || decoder.kind() != SegmentRecipe.Decoder.UPERNET) {
            throw noUperNet(source);
        }
        return new Known(
                new Hints(encoder.heads(), encoder.imageSize(), encoder.imageSize()),
                card.classNames(),
                card.mean(),
                card.std(),
                decoder.blocks());
    }

    private static CheckpointException noUperNet(String source) {
        return new CheckpointException(
                source + ": its segmentation decoder is no UPerNet, the only one that has more than our own layout");
    }

    private static Known beside(Path in, int heads, WeightLayout layout) throws IOException {
        if (layout != WeightLayout.HUGGING_FACE) {
            // mmseg keeps its configurations elsewhere: one beside its files belongs to something else.
            return new Known(
                    new Hints(heads, 0, 0),
                    List.of(),
                    Normalisation.IMAGENET.mean(),
                    Normalisation.IMAGENET.std(),
                    List.of());
        }
        Path config = in.toAbsolutePath().resolveSibling("config.json");
        ModelConfigs.Told told = ModelConfigs.read(Objects.requireNonNull(config.getParent()));
        if (told.outIndices().isEmpty()) {
            throw new CheckpointException(
                    config
                            + ": out_indices is missing, and the weights do not tell which blocks the decoder reads; put the model's own configuration there");
        }
        if (!told.poolScales().equals(ModelConfigs.POOL_SCALES)) {
            throw new CheckpointException("%s: pool_scales %s: must be %s, no other pyramid is built here"
                    .formatted(config, told.poolScales(), ModelConfigs.POOL_SCALES));
        }
        return new Known(
                told.hints().withHeads(heads),
                told.classNames(),
                told.mean(),
                told.std(),
                SegmenterWeights.blocks(told.outIndices()));
    }

    private static void checkHuggingFace(Path in, List<Integer> blocks, BeitConfig network) throws CheckpointException {
        Path config = in.toAbsolutePath().resolveSibling("config.json");
        if (!rising(blocks) || blocks.size() != 4 || blocks.getFirst() < 0 || blocks.getLast() >= network.depth()) {
            throw new CheckpointException(
                    "%s: out_indices %s: must be four rising numbers from 2, the first block, to %d, the last"
                            .formatted(
                                    config,
                                    SegmenterWeights.outIndices(blocks),
                                    SegmenterWeights.outIndices(List.of(network.depth() - 1))
                                            .getFirst()));
        }
        if (network.patchSize() != PATCH) {
            throw new CheckpointException(
                    "%s: patch_size %d: must be %d, other patches have another feature pyramid here"
                            .formatted(config, network.patchSize(), PATCH));
        }
    }

    private static boolean rising(List<Integer> blocks) {
        for (int i = 1; i < blocks.size(); i++) {
            if (blocks.get(i) <= blocks.get(i - 1)) {
                return false;
            }
        }
        return true;
    }

    /** An auxiliary head other than the official one, of one convolution, is of use for training alone and left out. */
    private static WeightConversion.Official withoutForeignAuxiliary(WeightConversion.Official official) {
        NamedTensors tensors = official.tensors();
        long parts = tensors.tensors().keySet().stream()
                .filter(name -> name.startsWith(AUXILIARY))
                .count();
        String convolution = AUXILIARY + "convs.0.conv.weight";
        boolean own = parts == OFFICIAL_AUXILIARY && tensors.has(convolution) && tensors.has(AUXILIARY_CLASSES);
        if (parts == 0 || own) {
            return official;
        }
        NamedTensors kept = new NamedTensors();
        Map<String, String> leftOut = new LinkedHashMap<>(official.leftOut());
        tensors.tensors().forEach((name, tensor) -> {
            if (name.startsWith(AUXILIARY)) {
                leftOut.put(
                        official.renamed().getOrDefault(name, name),
                        "an auxiliary head of another build, for training");
            } else {
                kept.put(name, tensor);
            }
        });
        return new WeightConversion.Official(official.layout(), kept, official.renamed(), leftOut);
    }

    private static SegmentationConfig.UperNet config(
            BeitConfig network, NamedTensors tensors, List<Integer> blocks, String source) throws CheckpointException {
        List<Long> classes = tensors.get(CLASSES).shape();
        List<Long> auxiliary =
                tensors.has(AUXILIARY_CLASSES) ? tensors.get(AUXILIARY_CLASSES).shape() : List.of(0L, 0L, 1L, 1L);
        if (classes.size() != 4 || classes.contains(0L) || auxiliary.size() != 4) {
            throw new CheckpointException("%s: %s %s and %s %s are no 1x1 convolutions"
                    .formatted(source, CLASSES, classes, AUXILIARY_CLASSES, auxiliary));
        }
        try {
            return new SegmentationConfig.UperNet(
                    network,
                    Math.toIntExact(classes.get(0)),
                    blocks,
                    Math.toIntExact(classes.get(1)),
                    Math.toIntExact(auxiliary.get(1)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException("%s: %s".formatted(source, e.getMessage()), e);
        }
    }

    private static Map<String, List<Long>> wanted(SegmentationConfig.UperNet config) {
        Layout layout = new Layout();
        new SegmentationModel(layout, config);
        Map<String, List<Long>> wanted = new LinkedHashMap<>();
        for (Parameter parameter : layout.parameters()) {
            wanted.put(parameter.name(), extents(parameter.slot()));
        }
        for (Layout.State state : layout.states()) {
            wanted.put(state.name(), extents(state.slot()));
        }
        return wanted;
    }

    private static List<Long> extents(Slot slot) {
        return Arrays.stream(slot.shape().extents()).mapToObj(Long::valueOf).toList();
    }

    private static ModelCard card(Read read, Path in) throws CheckpointException {
        BeitConfig network = read.config.encoder();
        Conversion.requireSquare(network, in);
        return new ModelCard(
                ModelKind.SEGMENTER,
                ModelRecipe.of(network),
                null,
                0,
                null,
                Conversion.classNames(read.config.classes(), read.known.classNames),
                Conversion.perChannel(read.known.mean, network.channels()),
                Conversion.perChannel(read.known.std, network.channels()),
                null,
                new ModelCard.Decoder(SegmentRecipe.Decoder.UPERNET, read.config.blocks(), read.config.channels()));
    }

    private static List<Path> write(Read read, Path in, Path out, Conversion.Target to) throws IOException {
        NamedTensors weights = Conversion.weights(read.loaded.tensors());
        SegmentationConfig.UperNet config = read.config;
        BeitConfig network = config.encoder();
        Path model = Conversion.isFile(out) ? out : out.resolve("model.safetensors");
        return switch (to) {
            case OURS -> {
                Conversion.requireNew(model);
                card(read, in).description().forEach(weights::describe);
                Safetensors.write(model, weights);
                yield List.of(model);
            }
            case OFFICIAL -> {
                Conversion.requireNew(model);
                Grid grid = new Grid(network.gridHeight(), network.gridWidth());
                Conversion.write(model, WeightConversion.to(WeightLayout.OFFICIAL, weights, grid), MMSEG_KEY);
                yield List.of(model);
            }
            case TIMM ->
                throw new CheckpointException(
                        in + ": holds a segmentation model, which timm does not have; use --to ours, official or hf");
            case HF -> {
                requireHuggingFace(config, in);
                Path json = model.resolveSibling("config.json");
                Path processor = model.resolveSibling("preprocessor_config.json");
                Conversion.requireNew(model, json, processor);
                NamedTensors named = SegmenterWeights.toHuggingFace(weights, config.blocks());
                TensorData any = weights.get(CLASSES);
                BeitDescription description = new BeitDescription(network, 0, config.classes(), null, false);
                Conversion.text(
                        json,
                        ModelConfigs.huggingFaceSegmenter(
                                description,
                                config.blocks(),
                                config.auxiliaryChannels(),
                                SegmentationConfig.AUXILIARY_WEIGHT,
                                read.known.classNames,
                                any.type()));
                Conversion.text(
                        processor,
                        ModelConfigs.segmentationProcessor(
                                network,
                                config.classes(),
                                Conversion.perChannel(read.known.mean, network.channels()),
                                Conversion.perChannel(read.known.std, network.channels())));
                Conversion.write(model, named, null);
                yield List.of(model, json, processor);
            }
        };
    }

    /** Refuses what transformers' model cannot be told to build. */
    private static void requireHuggingFace(SegmentationConfig.UperNet config, Path in) throws CheckpointException {
        BeitConfig network = config.encoder();
        String wrong = "";
        if (network.patchSize() != PATCH) {
            wrong = "patchSize %d, where its feature pyramid is for %d".formatted(network.patchSize(), PATCH);
        } else if (config.channels() != network.width()) {
            wrong = "channels %d, where its decoder has as many as the encoder's width, %d"
                    .formatted(config.channels(), network.width());
        } else if (!rising(config.blocks())) {
            wrong = "blocks %s, which it reads in rising order".formatted(config.blocks());
        } else if (network.imageHeight() != network.imageWidth()) {
            wrong = "pictures of %d x %d, where it reads square ones"
                    .formatted(network.imageHeight(), network.imageWidth());
        }
        if (!wrong.isEmpty()) {
            throw new CheckpointException(
                    "%s: transformers' BeitForSemanticSegmentation cannot hold it: %s; use --to ours or official"
                            .formatted(in, wrong));
        }
    }
}
