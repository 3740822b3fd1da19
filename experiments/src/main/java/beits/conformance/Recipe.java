package beits.conformance;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.optim.Schedules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The optimiser's side of a training case: groups, schedules and settings as its configuration says.
 *
 * @param groups parameters by learning-rate scale and decay
 * @param learningRates one value a step
 * @param weightDecays one value a step
 * @param settings of AdamW
 */
record Recipe(List<ParameterGroup> groups, double[] learningRates, double[] weightDecays, Optimiser.Settings settings) {

    static Recipe of(Fields config, Layout layout) {
        LayerDecay layers = config.has("layer_decay")
                ? new LayerDecay(config.number("layer_decay"), config.integer("depth"))
                : LayerDecay.NONE;
        boolean tablesDecayed = !config.flag("no_decay_rel_pos", false);
        int epochs = config.integer("epochs");
        int steps = config.integer("steps_per_epoch");
        double decay = config.number("weight_decay");
        double[] betas = config.has("betas") ? config.numbers("betas") : new double[] {0.9, 0.999};
        return new Recipe(
                ParameterGroup.of(layout.parameters(), layers, ParameterGroup.NEVER_DECAYED, tablesDecayed),
                Schedules.cosine(
                        config.number("lr"),
                        config.number("min_lr"),
                        epochs,
                        steps,
                        config.integer("warmup_epochs", 0),
                        0,
                        config.integer("warmup_steps", -1)),
                Schedules.cosine(decay, config.number("weight_decay_end", decay), epochs, steps, 0, 0, -1),
                new Optimiser.Settings(
                        betas[0],
                        betas[1],
                        config.number("eps", 1e-8),
                        config.number("clip_grad", 0),
                        config.number("ema_decay", 0)));
    }

    /** Compares schedules, groups and layers with those that the official code made. */
    void judge(Judge judge, Fields config, Fields scalars) {
        if (scalars.has("lr_schedule")) {
            judge.scalars("lr_schedule", learningRates, scalars.numbers("lr_schedule"), Tolerances.SCHEDULE);
        }
        if (scalars.has("wd_schedule")) {
            judge.scalars("wd_schedule", weightDecays, scalars.numbers("wd_schedule"), Tolerances.SCHEDULE);
        }
        if (scalars.has("param_groups")) {
            groups(judge, config, scalars);
        }
        if (scalars.has("layer_id")) {
            LayerDecay layers = new LayerDecay(config.number("layer_decay", 1), config.integer("depth"));
            Fields ids = scalars.object("layer_id");
            Map<String, Integer> own = new TreeMap<>();
            Map<String, Integer> official = new TreeMap<>();
            ids.names().forEach(name -> official.put(name, ids.integer(name)));
            for (ParameterGroup group : groups) {
                group.parameters().forEach(p -> own.put(p.name(), layers.layer(p.name())));
            }
            judge.equal("layer_id", own, official);
        }
        if (scalars.has("layer_scale_values")) {
            double[] values = scalars.numbers("layer_scale_values");
            for (int id = 0; id < values.length; id++) {
                double own = Math.pow(config.number("layer_decay", 1), config.integer("depth") + 1 - id);
                judge.scalar("layer_scale_values[" + id + "]", own, values[id], Tolerances.SCHEDULE);
            }
        }
    }

    private void groups(Judge judge, Fields config, Fields scalars) {
        Map<String, Double> ownDecay = new TreeMap<>();
        Map<String, Double> ownScale = new LinkedHashMap<>();
        for (ParameterGroup group : groups) {
            for (Parameter parameter : group.parameters()) {
                ownDecay.put(parameter.name(), group.decayed() ? config.number("weight_decay") : 0.0);
                ownScale.put(parameter.name(), group.scale());
            }
        }
        Map<String, Double> decay = new TreeMap<>();
        for (Fields group : scalars.objects("param_groups")) {
            for (String name : group.texts("names")) {
                decay.put(name, group.number("initial_weight_decay"));
                Double scale = ownScale.get(name);
                if (scale != null) {
                    judge.scalar("lr_scale of " + name, scale, group.number("lr_scale"), Tolerances.SCHEDULE);
                }
            }
        }
        judge.equal("param_groups", ownDecay, decay);
    }

    /** Compares the rates that a logged step names. */
    void judgeRates(Judge judge, String what, Fields row, int step) {
        double largest = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (ParameterGroup group : groups) {
            largest = Math.max(largest, group.scale() * learningRates[step]);
            smallest = Math.min(smallest, group.scale() * learningRates[step]);
        }
        judge.scalar(what + ".lr", largest, row.number("lr"), Tolerances.SCHEDULE);
        if (row.has("min_lr")) {
            judge.scalar(what + ".min_lr", smallest, row.number("min_lr"), Tolerances.SCHEDULE);
        }
        if (row.has("weight_decay")) {
            judge.scalar(what + ".weight_decay", weightDecays[step], row.number("weight_decay"), Tolerances.SCHEDULE);
        }
    }
}
