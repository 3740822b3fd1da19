package beits.conformance;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.tensor.Arena;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Makes networks from the configuration of a case and moves parameters between them and golden tensors. */
final class Models {
    static final String PARAMETER = "param/";

    private Models() {}

    /** The network that {@code config} describes in the official constructor's terms, positions as stated there. */
    static BeitConfig network(Fields config) {
        return network(
                config,
                config.flag("use_abs_pos_emb", false),
                config.flag("use_shared_rel_pos_bias", false),
                config.flag("use_rel_pos_bias", false));
    }

    /** The network that {@code config} describes, with these positions. */
    static BeitConfig network(Fields config, boolean absolute, boolean shared, boolean perBlock) {
        int[] size = config.pair("img_size");
        return new BeitConfig(
                size[0],
                size[1],
                config.integer("patch_size"),
                config.integer("in_chans", 3),
                config.integer("embed_dim"),
                config.integer("depth"),
                config.integer("num_heads"),
                config.number("mlp_ratio", 4),
                config.flag("qkv_bias", true),
                absolute,
                shared,
                perBlock,
                config.number("init_values", 0),
                config.number("drop_path_rate", 0));
    }

    /** The network that {@code config} describes, with the positions that these parameters belong to. */
    static BeitConfig network(Fields config, Set<String> parameters) {
        return network(
                config,
                parameters.contains("pos_embed"),
                parameters.contains("rel_pos_bias.relative_position_bias_table"),
                parameters.contains("blocks.0.attn.relative_position_bias_table"));
    }

    /** The input tensors whose names begin with {@code prefix}, without it. */
    static Map<String, GoldenTensor> named(Map<String, GoldenTensor> tensors, String prefix) {
        Map<String, GoldenTensor> result = new java.util.LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                result.put(name.substring(prefix.length()), tensor);
            }
        });
        return result;
    }

    /**
     * Hands every parameter its golden values.
     *
     * @throws IllegalArgumentException when model and case do not have the same parameters with the same shapes
     */
    static void load(Layout layout, Map<String, GoldenTensor> values, BiConsumer<Parameter, float[]> write) {
        Set<String> unknown = new TreeSet<>(values.keySet());
        Set<String> missing = new TreeSet<>();
        for (Parameter parameter : layout.parameters()) {
            if (!unknown.remove(parameter.name())) {
                missing.add(parameter.name());
            }
        }
        if (!unknown.isEmpty() || !missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "the model has no parameter " + unknown + ", the case has no values for " + missing);
        }
        for (Parameter parameter : layout.parameters()) {
            GoldenTensor tensor = java.util.Objects.requireNonNull(values.get(parameter.name()));
            if (!java.util.Arrays.equals(parameter.slot().shape().extents(), tensor.shape())) {
                throw new IllegalArgumentException(parameter.name() + " is "
                        + parameter.slot().shape() + " in the model and " + tensor + " in the case");
            }
            write.accept(parameter, tensor.floats());
        }
    }

    /** Judges every parameter's values in an arena under {@code prefix}, and that no other name is expected there. */
    static void judge(Judge judge, Layout layout, Executable executable, Arena arena, String prefix) {
        for (Parameter parameter : layout.parameters()) {
            judge.tensor(
                    prefix + parameter.name(),
                    executable.readDoubles(parameter.slot().in(arena)));
        }
    }
}
