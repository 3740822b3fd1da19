package beits.device;

import beits.kernel.AveragePool;
import beits.kernel.AveragePoolBackward;
import beits.kernel.ColumnsToImage;
import beits.kernel.Convolution;
import beits.kernel.ConvolutionInputBackward;
import beits.kernel.ConvolutionWeightBackward;
import beits.kernel.Epilogue;
import beits.kernel.ImageToColumns;
import beits.kernel.MaxPool;
import beits.kernel.MaxPoolBackward;
import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleBilinearBackward;
import beits.kernel.UpsampleNearest;
import beits.kernel.UpsampleNearestBackward;
import beits.kernel.Window;
import beits.kernel.WindowProduct;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;

/** Windows over pictures, pooling and resizing. */
final class SpatialCases {
    private static final Window[] WINDOWS = {
        new Window(1, 1, 1, 1, 1, 1, 1, 0),
        new Window(2, 3, 8, 12, 4, 4, 4, 0),
        new Window(1, 5, 7, 6, 3, 3, 1, 1),
        new Window(2, 7, 9, 5, 3, 2, 2, 1),
        new Window(1, 2, 13, 13, 7, 7, 1, 3),
        new Window(3, 17, 4, 4, 4, 4, 2, 1),
        new Window(1, 3, 5, 5, 1, 1, 1, 0),
        new Window(1, 36, 9, 21, 3, 3, 1, 1),
        new Window(2, 16, 6, 34, 4, 4, 2, 1),
        new Window(1, 200, 5, 5, 3, 3, 1, 1),
        new Window(2, 48, 9, 22, 3, 3, 1, 1),
        new Window(1, 320, 6, 5, 3, 3, 1, 1),
        new Window(2, 32, 31, 33, 3, 3, 1, 1),
        new Window(1, 32, 7, 61, 3, 3, 1, 0),
        new Window(1, 48, 13, 11, 6, 6, 2, 2),
        new Window(1, 2, 5, 7, 1, 2, 3, 2)
    };
    private static final Window[] POOLS = {
        new Window(1, 1, 2, 2, 2, 2, 2, 0),
        new Window(2, 7, 6, 8, 2, 2, 2, 0),
        new Window(1, 17, 7, 9, 3, 3, 2, 0),
        new Window(2, 37, 7, 8, 2, 2, 2, 0),
        new Window(1, 3, 5, 5, 4, 4, 4, 0)
    };
    /** Batch, height, width, channels, output height, output width. */
    private static final int[][] RESIZES = {
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 5, 4, 3},
        {2, 3, 5, 7, 6, 10},
        {1, 7, 6, 3, 5, 4},
        {1, 4, 4, 17, 13, 9},
        {2, 7, 7, 2, 3, 6},
        {1, 6, 6, 3, 1, 1}
    };

    private SpatialCases() {}

    private static List<KernelCase> convolutions(Window w, int[] picture, boolean channelsFirst, String name) {
        List<KernelCase> cases = new ArrayList<>();
        int out = w.channels() % 16 != 0 ? 5 : w.channels() < 300 ? 70 : 150;
        CaseData d = new CaseData("convolution " + name);
        Slot y = d.output(w.rows(), out);
        cases.add(d.of(
                new Convolution(
                        d.input(picture),
                        d.parameter(out, w.columns()),
                        y,
                        WindowProduct.room(w),
                        w,
                        channelsFirst,
                        new Epilogue.BiasRelu(d.parameter(out))),
                List.of(y)));
        CaseData i = new CaseData("convolution input backward " + name);
        Slot dx = i.output(picture);
        cases.add(i.of(
                new ConvolutionInputBackward(
                        i.activation(w.rows(), out),
                        i.parameter(out, w.columns()),
                        dx,
                        WindowProduct.room(w),
                        w,
                        channelsFirst),
                List.of(dx)));
        for (boolean accumulate : new boolean[] {false, true}) {
            CaseData g = new CaseData("convolution weight backward " + name + (accumulate ? " accumulated" : ""));
            Slot dWeight = g.gradient(accumulate, out, w.columns());
            cases.add(g.of(
                    new ConvolutionWeightBackward(
                            g.input(picture),
                            g.activation(w.rows(), out),
                            dWeight,
                            WindowProduct.room(w),
                            w,
                            channelsFirst,
                            accumulate),
                    List.of(dWeight)));
        }
        return cases;
    }

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (Window w : WINDOWS) {
            for (boolean channelsFirst : new boolean[] {false, true}) {
                int[] picture = channelsFirst
                        ? new int[] {w.batch(), w.channels(), w.height(), w.width()}
                        : new int[] {w.batch(), w.height(), w.width(), w.channels()};
                String name = w + (channelsFirst ? " channels first" : "");
                CaseData d = new CaseData("unfold " + name);
                cases.add(
                        d.of(new ImageToColumns(d.input(picture), d.output(w.rows(), w.columns()), w, channelsFirst)));
                cases.addAll(convolutions(w, picture, channelsFirst, name));
                CaseData f = new CaseData("fold " + name);
                cases.add(f.of(
                        new ColumnsToImage(f.activation(w.rows(), w.columns()), f.output(picture), w, channelsFirst)));
            }
        }
        for (Window w : POOLS) {
            CaseData d = new CaseData("max pool " + w);
            cases.add(d.of(new MaxPool(picture(d, w), d.output(pooled(w)), w)));
            CaseData b = new CaseData("max pool backward " + w);
            cases.add(b.of(new MaxPoolBackward(
                    picture(b, w),
                    b.activation(pooled(w)),
                    b.output(w.batch(), w.height(), w.width(), w.channels()),
                    w)));
        }
        for (int[] s : RESIZES) {
            String name = "%dx%dx%dx%d to %dx%d".formatted(s[0], s[1], s[2], s[3], s[4], s[5]);
            int[] small = {s[0], s[1], s[2], s[3]};
            int[] resized = {s[0], s[4], s[5], s[3]};
            CaseData d = new CaseData("average pool " + name);
            cases.add(d.of(new AveragePool(d.activation(small), d.output(resized))));
            CaseData b = new CaseData("average pool backward " + name);
            cases.add(b.of(new AveragePoolBackward(b.activation(resized), b.output(small))));
            for (boolean align : new boolean[] {false, true}) {
                CaseData u = new CaseData("bilinear " + name + (align ? " aligned" : ""));
                cases.add(u.of(new UpsampleBilinear(u.activation(small), u.output(resized), align)));
                CaseData v = new CaseData("bilinear backward " + name + (align ? " aligned" : ""));
                cases.add(v.of(new UpsampleBilinearBackward(v.activation(resized), v.output(small), align)));
            }
            for (int factor : new int[] {1, 2, 3}) {
                int[] large = {s[0], s[1] * factor, s[2] * factor, s[3]};
                CaseData u = new CaseData("nearest " + name + " by " + factor);
                cases.add(u.of(new UpsampleNearest(u.activation(small), u.output(large), factor)));
                CaseData v = new CaseData("nearest backward " + name + " by " + factor);
                cases.add(v.of(new UpsampleNearestBackward(v.activation(large), v.output(small), factor)));
            }
        }
        return cases;
    }

    /** Few different values, so that windows have equal largest ones. */
    private static Slot picture(CaseData d, Window w) {
        return d.values(Arena.ACTIVATIONS, u -> Math.rint(3 * u), w.batch(), w.height(), w.width(), w.channels());
    }

    private static int[] pooled(Window w) {
        return new int[] {w.batch(), w.outHeight(), w.outWidth(), w.channels()};
    }
}
