package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.device.Device;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Slot;
import beits.tokenizer.DallE;
import beits.tokenizer.DallEConfig;
import beits.tokenizer.PixelMapping;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** DALL-E's tokenizer: a reduced model through and through, its pixel mapping, and the parameter list of the full size. */
final class DallECases implements CaseRunner {
    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        switch (golden.config().text("kind", "model")) {
            case "list" -> parameterList(golden, judge);
            case "map" -> pixels(golden, judge);
            default -> model(golden, device, judge);
        }
    }

    private static void pixels(GoldenCase golden, Judge judge) {
        double[] there = golden.input("pixels01").values().clone();
        double[] back = golden.input("mapped").values().clone();
        Arrays.setAll(there, i -> PixelMapping.DALL_E.map(there[i]));
        Arrays.setAll(back, i -> PixelMapping.DALL_E.unmap(back[i]));
        judge.tensor("map_pixels", there);
        judge.tensor("unmap_pixels", back);
    }

    private static void parameterList(GoldenCase golden, Judge judge) {
        Fields scalars = golden.scalars();
        Fields encoder = scalars.object("encoder_attributes");
        int init = scalars.object("decoder").integers("blocks.input.w")[0];
        Layout layout = new Layout();
        new DallE(
                layout,
                new DallEConfig(
                        DallEConfig.FULL.imageSize(),
                        encoder.integer("n_hid"),
                        init,
                        encoder.integer("n_blk_per_group"),
                        encoder.integer("vocab_size")));
        for (String part : List.of("encoder", "decoder")) {
            Fields list = scalars.object(part);
            Map<String, String> official = new TreeMap<>();
            list.names().forEach(name -> official.put(name, Arrays.toString(list.integers(name))));
            Map<String, String> own = new TreeMap<>();
            long total = 0;
            for (Parameter parameter : layout.parameters()) {
                if (parameter.name().startsWith(part + ".")) {
                    own.put(
                            parameter.name().substring(part.length() + 1),
                            Arrays.toString(parameter.slot().shape().extents()));
                    total += parameter.slot().size();
                }
            }
            judge.equal(part + " parameters", own, official);
            judge.equal(part + "_total", total, scalars.whole(part + "_total"));
        }
    }

    /** Runs encoder and decoder on the pictures of a case. */
    static void model(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        GoldenTensor mapped = golden.expected("mapped_pixels");
        int batch = mapped.shape()[0];
        int height = mapped.shape()[2];
        int width = mapped.shape()[3];
        Layout layout = new Layout();
        DallE model = new DallE(
                layout,
                new DallEConfig(
                        height,
                        config.integer("n_hid"),
                        config.integer("n_init"),
                        config.integer("n_blk_per_group"),
                        config.integer("vocab_size")));
        int words = model.vocabulary();
        Slot pictures = layout.input(batch, 3, height, width);
        Slot tokens = layout.indexes(batch, height / 8 * (width / 8));
        Graph encode = new Graph("encode", false);
        List<Tensor> encoderMaps = model.encoderMaps(encode.constant(pictures));
        Tensor logits = encode.output(model.logits(encoderMaps));
        encoderMaps.forEach(encode::output);
        Tokens.argMax(logits, tokens);
        Program encodeProgram = encode.build();
        Graph decode = new Graph("decode", false);
        Tensor code = Tokens.oneHot(decode, tokens, words).reshape(batch, height / 8, width / 8, words);
        Tensor embedded = decode.output(model.embed(code));
        List<Tensor> decoderMaps = model.decoderMaps(embedded);
        decoderMaps.forEach(decode::output);
        Tensor six = decode.output(model.decoderOutput(decoderMaps));
        Tensor reconstruction = decode.output(DallE.picture(six));
        Program decodeProgram = decode.build();

        try (Executable executable = device.compile(encodeProgram, decodeProgram)) {
            Models.load(
                    layout,
                    Models.named(golden.inputs(), Models.PARAMETER),
                    (parameter, values) -> executable.write(parameter.slot(), values));
            double[] pixels = golden.input("pixels01").values().clone();
            Arrays.setAll(pixels, i -> (double) (float) PixelMapping.DALL_E.map(pixels[i]));
            judge.tensor("mapped_pixels", pixels);
            executable.write(pictures, mapped.values());
            executable.run(encodeProgram);
            judge.tensor("logits", map(executable, encode, logits));
            for (int i = 0; i < encoderMaps.size(); i++) {
                judgeMap(golden, judge, "encoder_act", i, map(executable, encode, encoderMaps.get(i)));
            }
            judge.exact("token_ids", executable.readInts(tokens));
            executable.write(tokens, golden.expected("token_ids").integers());
            executable.run(decodeProgram);
            judgeMap(golden, judge, "decoder_act", 0, map(executable, decode, embedded));
            for (int i = 0; i < decoderMaps.size(); i++) {
                judgeMap(golden, judge, "decoder_act", i + 1, map(executable, decode, decoderMaps.get(i)));
            }
            for (String name : List.of("decoder_output", "decoder_output_soft_input")) {
                if (golden.expected().containsKey(name)) {
                    judge.tensor(name, map(executable, decode, six));
                }
            }
            if (golden.expected().containsKey("reconstruction")) {
                double[] picture = executable.readDoubles(decode.locate(reconstruction));
                Arrays.setAll(picture, i -> PixelMapping.DALL_E.unmap(picture[i]));
                judge.tensor("reconstruction", picture);
            }
        }
    }

    private static double[] map(Executable executable, Graph graph, Tensor tensor) {
        return GoldenTensor.channelsFirst(
                executable.readDoubles(graph.locate(tensor)),
                tensor.shape().extent(0),
                tensor.shape().columns());
    }

    private static void judgeMap(GoldenCase golden, Judge judge, String part, int stage, double[] values) {
        String name = part + (stage == 0 ? "/input" : "/group_" + stage);
        if (golden.expected().containsKey(name)) {
            judge.tensor(name, values);
        }
    }
}
