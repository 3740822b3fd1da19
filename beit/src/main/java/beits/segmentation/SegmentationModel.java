package beits.segmentation;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.model.WeightInitialisation;
import beits.nn.Convolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The BEiT encoder with a segmentation decoder; parameters carry mmseg's names. */
public final class SegmentationModel {
    /** Windows of SETR's hidden convolutions: those of SETR-PUP, and the default of the official head. */
    private static final int WINDOW = 3;

    private final SegmentationConfig config;
    private final Encoder encoder;
    private final Heads heads;

    private sealed interface Heads {
        record OfSetr(SetrHead main, List<SetrHead> auxiliary) implements Heads {}

        record OfUperNet(
                FeaturePyramid pyramid,
                UperNetHead main,
                @Nullable ConvolutionNormRelu auxiliary,
                @Nullable Convolution auxiliaryClasses)
                implements Heads {}
    }

    /**
     * Logits of a batch.
     *
     * @param main [batch, height, width, classes]
     * @param auxiliary logits of the auxiliary heads
     * @param features maps of the pyramid, the finest first; none for SETR
     */
    public record Decoded(Tensor main, List<Tensor> auxiliary, List<Tensor> features) {}

    /**
     * Dropout of UPerNet's heads.
     *
     * @param main of the decoder
     * @param auxiliary of the auxiliary head, if there is one
     */
    record Dropouts(ChannelDropout main, @Nullable ChannelDropout auxiliary) {}

    /** Creates the parameters. */
    public SegmentationModel(Layout layout, SegmentationConfig config) {
        this.config = config;
        BeitConfig shape = config.encoder();
        encoder = new Encoder(layout, "backbone.", shape, WeightInitialisation.FINETUNING, false);
        heads = switch (config) {
            case SegmentationConfig.Setr setr -> {
                SetrHead.Kind kind = setr.progressive() ? SetrHead.Kind.PROGRESSIVE : SetrHead.Kind.NAIVE;
                SetrHead.Kind side = setr.progressive() ? SetrHead.Kind.AUXILIARY : SetrHead.Kind.NAIVE;
                SetrHead main = head(layout, "decode_head.", setr, kind);
                List<SetrHead> auxiliary = new ArrayList<>();
                for (int i = 0; i < setr.auxiliary().size(); i++) {
                    auxiliary.add(head(layout, "auxiliary_head." + i + ".", setr, side));
                }
                yield new Heads.OfSetr(main, List.copyOf(auxiliary));
            }
            case SegmentationConfig.UperNet uper -> {
                FeaturePyramid pyramid = new FeaturePyramid(layout, "backbone.", shape);
                UperNetHead main =
                        new UperNetHead(layout, "decode_head.", shape.width(), uper.channels(), uper.classes());
                boolean side = uper.auxiliaryChannels() > 0;
                yield new Heads.OfUperNet(
                        pyramid,
                        main,
                        side
                                ? ConvolutionNormRelu.create(
                                        layout, "auxiliary_head.convs.0", shape.width(), uper.auxiliaryChannels(), 3)
                                : null,
                        side
                                ? UperNetHead.classifier(
                                        layout, "auxiliary_head.conv_seg", uper.auxiliaryChannels(), uper.classes())
                                : null);
            }
        };
    }

    private static SetrHead head(Layout layout, String prefix, SegmentationConfig.Setr setr, SetrHead.Kind kind) {
        BeitConfig shape = setr.encoder();
        return new SetrHead(
                layout, prefix, shape.width(), setr.channels(), setr.classes(), shape.patchSize(), kind, WINDOW);
    }

    /** Its configuration. */
    public SegmentationConfig config() {
        return config;
    }

    /** The encoder. */
    public Encoder encoder() {
        return encoder;
    }

    /** Inputs for the dropout of the heads; none for SETR, whose official heads have none. */
    @Nullable
    Dropouts dropouts(Layout layout, int batch) {
        return switch (config) {
            case SegmentationConfig.Setr _ -> null;
            case SegmentationConfig.UperNet uper ->
                new Dropouts(
                        ChannelDropout.of(layout, batch, uper.channels()),
                        uper.auxiliaryChannels() > 0
                                ? ChannelDropout.of(layout, batch, uper.auxiliaryChannels())
                                : null);
        };
    }

    /**
     * Records encoder and decoder.
     *
     * @param withAuxiliary whether the auxiliary heads are wanted
     */
    public Decoded apply(Graph graph, Encoder.Inputs inputs, boolean withAuxiliary) {
        return apply(graph, inputs, withAuxiliary, null);
    }

    /** {@link #apply(Graph, Encoder.Inputs, boolean)} with dropout in the heads. */
    Decoded apply(Graph graph, Encoder.Inputs inputs, boolean withAuxiliary, @Nullable Dropouts dropouts) {
        Encoder.Encoded encoded = encoder.apply(graph, inputs, false);
        BeitConfig shape = config.encoder();
        graph.section("decoder");
        return switch (heads) {
            case Heads.OfSetr setr -> {
                List<Tensor> auxiliary = new ArrayList<>();
                if (withAuxiliary && config instanceof SegmentationConfig.Setr c) {
                    for (int i = 0; i < c.auxiliary().size(); i++) {
                        auxiliary.add(decode(
                                setr.auxiliary.get(i),
                                encoded.hidden().get(c.auxiliary().get(i)),
                                shape));
                    }
                }
                yield new Decoded(decode(setr.main, encoded.last(), shape), auxiliary, List.of());
            }
            case Heads.OfUperNet uper -> {
                List<Tensor> blocks = new ArrayList<>();
                if (config instanceof SegmentationConfig.UperNet c) {
                    c.blocks().forEach(b -> blocks.add(encoded.hidden().get(b)));
                }
                List<Tensor> features = uper.pyramid.apply(blocks);
                Tensor main = uper.main.apply(features, dropouts == null ? null : dropouts.main);
                List<Tensor> auxiliary = List.of();
                if (withAuxiliary && uper.auxiliary != null) {
                    Tensor side = uper.auxiliary.apply(features.get(2));
                    if (dropouts != null && dropouts.auxiliary != null) {
                        side = dropouts.auxiliary.apply(side);
                    }
                    auxiliary = List.of(
                            Objects.requireNonNull(uper.auxiliaryClasses).apply(side));
                }
                yield new Decoded(main, auxiliary, features);
            }
        };
    }

    private static Tensor decode(SetrHead head, Tensor tokens, BeitConfig shape) {
        return head.apply(tokens, shape.gridHeight(), shape.gridWidth(), shape.imageHeight(), shape.imageWidth());
    }
}
