package beits.optim;

import beits.autograd.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parameters that share a learning-rate scale and a weight decay (official {@code optim_factory.get_parameter_groups}).
 *
 * @param scale factor of the learning rate
 * @param decayed whether weight decay applies
 * @param parameters the members in model order
 */
public record ParameterGroup(double scale, boolean decayed, List<Parameter> parameters) {
    public ParameterGroup {
        parameters = List.copyOf(parameters);
    }

    /** Names that are never decayed whatever their shape: positions and class token. */
    public static final Set<String> NEVER_DECAYED = Set.of("pos_embed", "cls_token");

    /**
     * Groups parameters. Vectors, biases and the names of {@code neverDecayed} are not decayed; mask token and relative position
     * tables are. {@code tablesDecayed} turns that off for the tables of the blocks; a table that all blocks share stays decayed,
     * as with the official {@code --disable_weight_decay_on_rel_pos_bias}.
     *
     * @param layers learning-rate scales by layer
     * @param neverDecayed whole names exempt from weight decay
     * @param tablesDecayed whether weight decay applies to the blocks' relative position tables
     */
    public static List<ParameterGroup> of(
            Collection<Parameter> parameters, LayerDecay layers, Set<String> neverDecayed, boolean tablesDecayed) {
        record Key(double scale, boolean decayed) {}
        Map<Key, List<Parameter>> groups = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            String name = parameter.name();
            boolean decayed = parameter.slot().shape().rank() > 1
                    && !name.endsWith(".bias")
                    && !neverDecayed.contains(name)
                    && (tablesDecayed || !name.endsWith(".attn.relative_position_bias_table"));
            groups.computeIfAbsent(new Key(layers.scale(name), decayed), _ -> new ArrayList<>())
                    .add(parameter);
        }
        List<ParameterGroup> result = new ArrayList<>();
        groups.forEach((key, members) -> result.add(new ParameterGroup(key.scale, key.decayed, members)));
        return result;
    }
}
