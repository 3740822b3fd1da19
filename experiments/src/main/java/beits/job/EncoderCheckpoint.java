package beits.job;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.Grid;
import beits.checkpoint.LoadReport;
import beits.checkpoint.Loading;
import beits.checkpoint.NamedTensors;
import beits.device.Device;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.model.WeightInitialisation;
import beits.program.Program;
import beits.recipe.ModelRecipe;
import beits.transform.Normalisation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The encoder of a checkpoint, whatever head stands on it, for pictures of its own or another size. */
public final class EncoderCheckpoint {
    private static final String BACKBONE = "backbone.";

    private final NamedTensors checkpoint;
    private final String source;
    private final ModelCard card;
    private final ModelRecipe recipe;

    private EncoderCheckpoint(NamedTensors checkpoint, String source, ModelCard card, ModelRecipe recipe) {
        this.checkpoint = checkpoint;
        this.source = source;
        this.card = card;
        this.recipe = recipe;
    }

    /**
     * Opens a checkpoint.
     *
     * @param notes as for {@link ModelFile#open}
     * @throws CheckpointException when it holds no encoder
     */
    public static EncoderCheckpoint open(Path file, Consumer<String> notes) throws IOException {
        ModelFile model = ModelFile.open(file, notes);
        ModelCard card = model.card();
        ModelRecipe recipe = card.encoder();
        if (recipe == null) {
            throw new CheckpointException("%s: holds a %s, which has no encoder; give a pre-trained or fine-tuned model"
                    .formatted(file, card.kind().title()));
        }
        return new EncoderCheckpoint(model.tensors(), model.source(), card, recipe);
    }

    /** What the checkpoint says of itself. */
    public ModelCard card() {
        return card;
    }

    /** The encoder as it was trained. */
    public BeitConfig config() {
        return recipe.config();
    }

    /** How pixels are normalised. */
    public Normalisation normalisation() {
        return new Normalisation(card.mean(), card.std());
    }

    /** An encoder for this checkpoint's weights, in a layout that has no other parameters. */
    public Encoder create(Layout layout, BeitConfig config) {
        return new Encoder(layout, config, WeightInitialisation.FINETUNING, false);
    }

    /**
     * Makes programs over an encoder ready to run with this checkpoint's weights; positions are interpolated to its grid.
     *
     * @param encoder made by {@link #create}
     */
    public Executable load(Device device, Layout layout, Encoder encoder, Program... programs) throws IOException {
        BeitConfig config = encoder.config();
        Map<String, List<Long>> wanted = new LinkedHashMap<>();
        for (Parameter parameter : layout.parameters()) {
            int[] extents = parameter.slot().shape().extents();
            wanted.put(
                    parameter.name(),
                    Arrays.stream(extents).mapToObj(Long::valueOf).toList());
        }
        Loading.Loaded loaded = Loading.load(
                own(wanted.keySet()),
                source,
                new Loading.Request(
                        wanted,
                        "",
                        new Grid(config.gridHeight(), config.gridWidth()),
                        new Grid(recipe.config().gridHeight(), recipe.config().gridWidth()),
                        Loading.Purpose.FINE_TUNING,
                        Set.of()));
        LoadReport report = loaded.report();
        Executable executable = device.compile(programs);
        for (Parameter parameter : layout.parameters()) {
            if (!loaded.tensors().has(parameter.name())) {
                executable.close();
                throw new CheckpointException("%s: %s is missing; %s".formatted(source, parameter.name(), report));
            }
            executable.write(
                    parameter.slot(), loaded.tensors().get(parameter.name()).toFloats());
        }
        return executable;
    }

    /** The encoder's tensors; those of a segmentation model lie under {@code backbone.} and have other parts beside them. */
    private NamedTensors own(Set<String> names) {
        if (card.kind() != ModelKind.SEGMENTER) {
            return checkpoint;
        }
        NamedTensors backbone = new NamedTensors();
        checkpoint.tensors().forEach((name, tensor) -> {
            if (name.startsWith(BACKBONE) && names.contains(name.substring(BACKBONE.length()))) {
                backbone.put(name.substring(BACKBONE.length()), tensor);
            }
        });
        return backbone;
    }
}
