package beits.peer;

import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.conv_transpose2d;
import static org.bytedeco.pytorch.global.torch.randn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Makes convolutions and keeps their parameters. */
final class Convolutions {
    private static final long[] ONE = {1, 1};
    private static final long[] TWO = {2, 2};

    private final boolean training;
    private final boolean channelsLast;
    private final List<Tensor> parameters = new ArrayList<>();

    Convolutions(boolean training, boolean channelsLast) {
        this.training = training;
        this.channelsLast = channelsLast;
    }

    /** A convolution: [out, in, window, window] and [out]. */
    record Layer(Tensor weight, Tensor bias, long stride, long padding) {
        Tensor apply(Tensor x) {
            return conv2d(
                    x,
                    weight,
                    new TensorOptional(bias),
                    stride == 1 ? ONE : TWO,
                    new long[] {padding, padding},
                    ONE,
                    1);
        }

        /** As a transposed convolution, with a weight [in, out, window, window]. */
        Tensor enlarge(Tensor x) {
            return conv_transpose2d(
                    x, weight, new TensorOptional(bias), TWO, new long[] {padding, padding}, new long[] {0, 0}, 1, ONE);
        }
    }

    Layer layer(int in, int out, int window, int stride, int padding) {
        return new Layer(parameter(out, in, window, window), parameter(out), stride, padding);
    }

    Layer transposed(int in, int out, int window, int padding) {
        return new Layer(parameter(in, out, window, window), parameter(out), 2, padding);
    }

    Tensor parameter(long... shape) {
        Tensor made = laidOut(randn(shape).mul(new Scalar(0.02f))).set_requires_grad(training);
        parameters.add(made);
        return made;
    }

    Tensor laidOut(Tensor made) {
        return channelsLast && made.dim() == 4 ? made.contiguous(MemoryFormat.ChannelsLast) : made;
    }

    List<Tensor> parameters() {
        return parameters;
    }
}
