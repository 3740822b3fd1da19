package beits.checkpoint;

import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a segmentation model between mmseg's names, which are also ours, and those of transformers'
 * {@code BeitForSemanticSegmentation}.
 *
 * <p>Of the hidden states that transformers counts from the embeddings on, its decoder takes those one before
 * {@code config.out_indices}: {@code N} means the output of block {@code N - 2}, counted from 0, and no index that its configuration
 * allows means the last block. A decoder that reads the last block is therefore written with one more block behind it, all zeros,
 * which adds nothing to what it is given; that block is left out again when such a file is read.
 */
public final class SegmenterWeights {
    /** What stands between a block, counted from 0, and its number in {@code out_indices}. */
    private static final int INDEX_OF_FIRST_BLOCK = 2;

    private static final String BACKBONE = "backbone.";
    private static final String PYRAMID = "fpn";
    private static final String HUGGING_FACE = "beit.";
    private static final String OFFICIAL_CLASSES = "_head.conv_seg.";
    private static final String HUGGING_FACE_CLASSES = "_head.classifier.";
    private static final String VARIANCE = ".running_var";
    private static final String BATCHES = ".num_batches_tracked";

    private SegmenterWeights() {}

    /** Whether a checkpoint of any layout has a segmentation decoder. */
    public static boolean isIn(NamedTensors checkpoint) {
        return checkpoint.tensors().keySet().stream().anyMatch(name -> name.startsWith("decode_head."));
    }

    /** Whether a checkpoint with a segmentation decoder has Hugging Face's names. */
    public static boolean isHuggingFace(NamedTensors checkpoint) {
        return WeightLayout.find(checkpoint) == WeightLayout.HUGGING_FACE;
    }

    /** The blocks, counted from 0, that transformers reads for its {@code out_indices}. */
    public static List<Integer> blocks(List<Integer> outIndices) {
        return outIndices.stream().map(index -> index - INDEX_OF_FIRST_BLOCK).toList();
    }

    /** The {@code out_indices} with which transformers reads these blocks, counted from 0. */
    public static List<Integer> outIndices(List<Integer> blocks) {
        return blocks.stream().map(block -> block + INDEX_OF_FIRST_BLOCK).toList();
    }

    /** Blocks that a model of {@code depth} blocks has there: one more where the decoder reads the last. */
    static int depth(List<Integer> blocks, int depth) {
        return blocks.contains(depth - 1) ? depth + 1 : depth;
    }

    /**
     * Brings a segmentation model to mmseg's names.
     *
     * @param source name of the file, for messages
     * @throws CheckpointException when it has no BEiT encoder in the official or Hugging Face names
     */
    public static WeightConversion.Official toOfficial(NamedTensors checkpoint, String source)
            throws CheckpointException {
        boolean huggingFace = isHuggingFace(checkpoint);
        NamedTensors encoder = new NamedTensors();
        Map<String, TensorData> decoder = new LinkedHashMap<>();
        Map<String, String> renamed = new LinkedHashMap<>();
        Map<String, String> leftOut = new LinkedHashMap<>();
        checkpoint.tensors().forEach((name, tensor) -> {
            if (name.endsWith(BATCHES)) {
                leftOut.put(name, "counts steps of its training");
            } else if (huggingFace && name.startsWith(HUGGING_FACE)) {
                encoder.put(name, tensor);
            } else if (!huggingFace && name.startsWith(BACKBONE) && !name.startsWith(BACKBONE + PYRAMID)) {
                encoder.put(name.substring(BACKBONE.length()), tensor);
            } else {
                String official = huggingFace ? official(name) : name;
                decoder.put(official, tensor);
                if (!official.equals(name)) {
                    renamed.put(official, name);
                }
            }
        });
        if (WeightLayout.find(encoder) == null) {
            throw WeightLayout.unknown(checkpoint, source);
        }
        WeightConversion.Official converted = WeightConversion.toOfficial(encoder, source);
        int last = lastBlock(converted.tensors());
        boolean zeros = huggingFace && last > 0 && isZero(converted.tensors(), last);
        NamedTensors all = new NamedTensors();
        converted.tensors().tensors().forEach((name, tensor) -> {
            if (!zeros || WeightNames.block(name) != last) {
                all.put(BACKBONE + name, tensor);
            }
        });
        decoder.forEach(all::put);
        checkpoint.metadata().forEach(all::describe);
        converted.renamed().forEach((official, name) -> {
            if (all.has(BACKBONE + official)) {
                renamed.put(BACKBONE + official, name);
            }
        });
        converted.leftOut().forEach((name, why) -> leftOut.put(huggingFace ? name : BACKBONE + name, why));
        if (zeros) {
            encoder.tensors().keySet().stream()
                    .filter(name -> name.startsWith(WeightConversion.LAYER + last + "."))
                    .forEach(name -> leftOut.put(name, "block %d is all zeros and adds nothing".formatted(last)));
        }
        return new WeightConversion.Official(converted.layout(), all, renamed, leftOut);
    }

    /**
     * Gives a segmentation model Hugging Face's names.
     *
     * @param official under mmseg's names, as {@link #toOfficial} gives them
     * @param blocks that the decoder reads, counted from 0
     * @throws CheckpointException when a tensor has no name there
     */
    public static NamedTensors toHuggingFace(NamedTensors official, List<Integer> blocks) throws CheckpointException {
        NamedTensors encoder = encoder(official);
        int last = lastBlock(encoder);
        if (depth(blocks, last + 1) > last + 1) {
            String prefix = "blocks." + last + ".";
            for (Map.Entry<String, TensorData> one : new LinkedHashMap<>(encoder.tensors()).entrySet()) {
                if (one.getKey().startsWith(prefix)) {
                    encoder.put(
                            "blocks." + (last + 1) + "." + one.getKey().substring(prefix.length()),
                            zeros(one.getValue()));
                }
            }
        }
        NamedTensors converted = WeightConversion.to(WeightLayout.HUGGING_FACE, encoder, new Grid(1, 1));
        official.tensors().forEach((name, tensor) -> {
            String renamed = name.startsWith(BACKBONE + PYRAMID)
                    ? name.substring(BACKBONE.length())
                    : name.replace(OFFICIAL_CLASSES, HUGGING_FACE_CLASSES);
            if (!renamed.startsWith(BACKBONE)) {
                converted.put(renamed, tensor);
                if (renamed.endsWith(VARIANCE)) {
                    converted.put(renamed.replace(VARIANCE, BATCHES), TensorData.of(new long[1]));
                }
            }
        });
        official.metadata().forEach(converted::describe);
        return converted;
    }

    /** The encoder of a segmentation model under official names, without prefix. */
    public static NamedTensors encoder(NamedTensors official) {
        NamedTensors encoder = new NamedTensors();
        official.tensors().forEach((name, tensor) -> {
            if (name.startsWith(BACKBONE) && !name.startsWith(BACKBONE + PYRAMID)) {
                encoder.put(name.substring(BACKBONE.length()), tensor);
            }
        });
        return encoder;
    }

    private static String official(String huggingFace) {
        return huggingFace.startsWith(PYRAMID)
                ? BACKBONE + huggingFace
                : huggingFace.replace(HUGGING_FACE_CLASSES, OFFICIAL_CLASSES);
    }

    private static int lastBlock(NamedTensors encoder) {
        return encoder.tensors().keySet().isEmpty()
                ? -1
                : Collections.max(encoder.tensors().keySet().stream()
                        .map(WeightNames::block)
                        .toList());
    }

    private static boolean isZero(NamedTensors encoder, int block) {
        return encoder.tensors().entrySet().stream()
                .filter(one -> WeightNames.block(one.getKey()) == block)
                .allMatch(one ->
                        one.getValue().data().mismatch(zeros(one.getValue()).data()) < 0);
    }

    private static TensorData zeros(TensorData like) {
        return new TensorData(
                like.type(), like.shape(), Arena.ofAuto().allocate(like.data().byteSize()));
    }
}
