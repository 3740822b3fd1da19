package beits.conformance;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tokenizer.DiscreteVae;
import beits.tokenizer.DiscreteVaeConfig;
import beits.tokenizer.DiscreteVaeLoss;
import beits.tokenizer.ImageTokenizer;
import java.util.List;

/** One training pass of the trainable dVAE with given noise, then its token ids and what they decode to. */
final class DiscreteVaeCases implements CaseRunner {
    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        GoldenTensor images = golden.input("images");
        int batch = images.shape()[0];
        double klWeight = config.number("kl_div_loss_weight", 0);
        Layout layout = new Layout();
        DiscreteVae model = new DiscreteVae(
                layout,
                new DiscreteVaeConfig(
                        config.integer("image_size"),
                        images.shape()[1],
                        config.integer("num_tokens"),
                        config.integer("codebook_dim"),
                        config.integer("num_layers"),
                        config.integer("hidden_dim"),
                        config.integer("num_resnet_blocks", 1)));
        DiscreteVaeLoss objective = new DiscreteVaeLoss(
                config.flag("smooth_l1_loss", false), config.flag("straight_through", false), klWeight, 0);
        DiscreteVaeLoss.Inputs inputs = DiscreteVaeLoss.Inputs.create(model, batch);

        Graph graph = new Graph("step", true);
        DiscreteVaeLoss.Recorded recorded = objective.record(graph, model, inputs);
        List.of(
                        recorded.logits(),
                        recorded.soft(),
                        recorded.reconstruction(),
                        recorded.reconstructionLoss(),
                        recorded.loss())
                .forEach(graph::output);
        graph.backward(recorded.loss(), 1, false);
        Program step = graph.build();
        Graph divergence = new Graph("divergence", false);
        Tensor kl = divergence.output(
                Losses.uniformKl(Elements.softmax(model.logits(divergence.constant(inputs.pictures())))));
        Program divergenceProgram = divergence.build();
        ImageTokenizer.Encoding encoding = model.recordEncoding(batch);
        ImageTokenizer.Decoding decoding = model.recordDecoding(batch);

        try (Executable executable = device.compile(step, divergenceProgram, encoding.program(), decoding.program())) {
            Models.load(
                    layout,
                    Models.named(golden.inputs(), Models.PARAMETER),
                    (parameter, values) -> executable.write(parameter.slot(), values));
            executable.write(inputs.pictures(), images.values());
            executable.write(
                    inputs.noise(), golden.input("gumbel_noise").channelsLast().values());
            executable.write(inputs.inverseTemperature(), new double[] {1 / config.number("temperature")});
            executable.run(step);
            int words = model.vocabulary();
            judge.tensor(
                    "logits",
                    GoldenTensor.channelsFirst(executable.readDoubles(graph.locate(recorded.logits())), batch, words));
            judge.tensor(
                    "soft_one_hot",
                    GoldenTensor.channelsFirst(executable.readDoubles(graph.locate(recorded.soft())), batch, words));
            judge.tensor("reconstruction", executable.readDoubles(graph.locate(recorded.reconstruction())));
            double loss = executable.readDoubles(graph.locate(recorded.loss()))[0];
            double distance = executable.readDoubles(graph.locate(recorded.reconstructionLoss()))[0];
            Models.judge(judge, layout, executable, Arena.GRADIENTS, "grad/");
            executable.run(divergenceProgram);
            double klSum = executable.readDoubles(divergence.locate(kl))[0];
            Fields scalars = golden.scalars();
            judge.scalar("loss", loss, scalars.number("loss"));
            judge.scalar("recon_loss", distance, scalars.number("recon_loss"));
            judge.scalar("kl_sum", klSum, scalars.number("kl_sum"));
            // loss − recon_loss itself would lose the digits that the two have in common
            judge.scalar("loss_minus_recon", klWeight * klSum, scalars.number("loss_minus_recon"));

            executable.write(encoding.pictures(), images.values());
            executable.run(encoding.program());
            int[] tokens = executable.readInts(encoding.tokens());
            judge.exact("codebook_indices", tokens);
            executable.write(decoding.tokens(), tokens);
            executable.run(decoding.program());
            judge.tensor("decode_of_indices", executable.readDoubles(decoding.pictures()));
        }
    }
}
