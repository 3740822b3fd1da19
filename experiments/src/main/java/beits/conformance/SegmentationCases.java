package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Images;
import beits.autograd.Layout;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.program.Program;
import beits.segmentation.MeanIou;
import beits.segmentation.SlidingWindow;
import beits.tensor.Slot;
import java.util.Arrays;

/** Semantic segmentation: metrics and sliding-window inference here, decoders in classes of their own. */
final class SegmentationCases implements CaseRunner {
    /** Label of pixels that count for nothing. */
    private static final int IGNORED = 255;

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        String kind = golden.config().text("kind");
        switch (kind) {
            case "miou" -> meanIou(golden, judge);
            case "slide" -> slidingWindow(golden, device, judge);
            case "setr" -> new SetrCases().run(golden, device, judge);
            case "upernet" -> new UperNetCases().run(golden, device, judge);
            default ->
                throw new IllegalArgumentException(
                        "seg of kind " + kind + " is unknown; known are miou, setr, slide, upernet");
        }
    }

    /** Labels as the loss wants them: negative where ignored. */
    static int[] labels(GoldenTensor labels) {
        return Arrays.stream(labels.integers()).map(l -> l == IGNORED ? -1 : l).toArray();
    }

    private static void meanIou(GoldenCase golden, Judge judge) {
        int classes = golden.config().integer("num_classes");
        MeanIou metric = new MeanIou(classes);
        metric.add(
                golden.input("ground_truth").integers(),
                golden.input("prediction").integers());
        int[] confusion = Arrays.stream(metric.confusion())
                .flatMapToLong(Arrays::stream)
                .mapToInt(Math::toIntExact)
                .toArray();
        judge.exact("confusion_matrix_truth_by_prediction", confusion);
        Fields scalars = golden.scalars();
        judge.scalar("aAcc", metric.pixelAccuracy(), scalars.number("aAcc"), Tolerances.SCHEDULE);
        judge.scalar("mAcc", metric.meanAccuracy(), scalars.number("mAcc"), Tolerances.SCHEDULE);
        judge.scalar("mIoU", metric.meanIou(), scalars.number("mIoU"), Tolerances.SCHEDULE);
        perClass(judge, "acc_per_class", metric.accuracyPerClass(), scalars.numbers("acc_per_class"));
        perClass(judge, "iou_per_class", metric.iouPerClass(), scalars.numbers("iou_per_class"));
    }

    private static void perClass(Judge judge, String what, double[] own, double[] official) {
        for (int c = 0; c < official.length; c++) {
            if (Double.isNaN(official[c])) {
                judge.equal(what + "[" + c + "] is absent", Double.isNaN(own[c]), true);
            } else {
                judge.scalar(what + "[" + c + "]", own[c], official[c], Tolerances.SCHEDULE);
            }
        }
    }

    private static void slidingWindow(GoldenCase golden, Device device, Judge judge) {
        int[] crop = golden.config().pair("crop");
        int[] stride = golden.config().pair("stride");
        GoldenTensor image = golden.input("image");
        GoldenTensor weight = golden.input("conv_weight");
        int channels = image.shape()[1];
        int height = image.shape()[2];
        int width = image.shape()[3];
        int classes = weight.shape()[0];
        SlidingWindow window = new SlidingWindow(crop[0], crop[1], stride[0], stride[1]);

        Layout layout = new Layout();
        Slot picture = layout.input(1, channels, crop[0], crop[1]);
        Slot weightSlot = layout.input(weight.shape());
        Slot biasSlot = layout.input(classes);
        Graph graph = new Graph("convolution", false);
        Tensor out = graph.output(Images.convolution(
                graph.constant(picture),
                graph.constant(weightSlot),
                graph.constant(biasSlot),
                1,
                weight.shape()[2] / 2,
                Activation.NONE,
                true));
        Program program = graph.build();
        try (Executable executable = device.compile(program)) {
            executable.write(weightSlot, weight.values());
            executable.write(biasSlot, golden.input("conv_bias").values());
            float[] logits = window.logits(image.floats(), channels, height, width, classes, values -> {
                executable.write(picture, values);
                executable.run(program);
                return executable.readFloats(graph.locate(out));
            });
            double[] wide = new double[logits.length];
            Arrays.setAll(wide, i -> logits[i]);
            judge.tensor("logits", GoldenTensor.channelsFirst(wide, 1, classes));
            int[] best = new int[height * width];
            for (int i = 0; i < best.length; i++) {
                for (int c = 1; c < classes; c++) {
                    best[i] = wide[i * classes + c] > wide[i * classes + best[i]] ? c : best[i];
                }
            }
            judge.exact("argmax", best);
        }
    }
}
