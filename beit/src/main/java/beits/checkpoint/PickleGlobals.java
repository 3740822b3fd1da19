package beits.checkpoint;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names a pickle may mention. Everything else is refused by name before anything is made of it. */
final class PickleGlobals {
    /** Element types by storage class of the package {@code torch}. */
    private static final Map<String, TensorType> STORAGES = Map.ofEntries(
            Map.entry("torch.DoubleStorage", TensorType.F64),
            Map.entry("torch.FloatStorage", TensorType.F32),
            Map.entry("torch.HalfStorage", TensorType.F16),
            Map.entry("torch.BFloat16Storage", TensorType.BF16),
            Map.entry("torch.LongStorage", TensorType.I64),
            Map.entry("torch.IntStorage", TensorType.I32),
            Map.entry("torch.ShortStorage", TensorType.I16),
            Map.entry("torch.CharStorage", TensorType.I8),
            Map.entry("torch.ByteStorage", TensorType.U8),
            Map.entry("torch.BoolStorage", TensorType.BOOL));

    /** Element types as values. */
    private static final Set<String> DTYPES = Set.of(
            "torch.float64",
            "torch.float32",
            "torch.float16",
            "torch.bfloat16",
            "torch.int64",
            "torch.int32",
            "torch.int16",
            "torch.int8",
            "torch.uint8",
            "torch.bool");

    /** Classes whose objects are read as their fields: settings, and the modules of DALL-E's tokenizer. */
    private static final Set<String> CLASSES = Set.of(
            "argparse.Namespace",
            "dall_e.encoder.Encoder",
            "dall_e.encoder.EncoderBlock",
            "dall_e.decoder.Decoder",
            "dall_e.decoder.DecoderBlock",
            "dall_e.utils.Conv2d",
            "torch.nn.modules.activation.ReLU",
            "torch.nn.modules.container.Sequential",
            "torch.nn.modules.linear.Identity",
            "torch.nn.modules.pooling.MaxPool2d",
            "torch.nn.modules.upsampling.Upsample");

    private static final Map<String, Function> FUNCTIONS = Map.ofEntries(
            Map.entry("collections.OrderedDict", Function.ORDERED_DICT),
            Map.entry("builtins.set", Function.SET),
            Map.entry("__builtin__.set", Function.SET),
            Map.entry("builtins.frozenset", Function.SET),
            Map.entry("__builtin__.frozenset", Function.SET),
            Map.entry("torch.Size", Function.SET),
            Map.entry("_codecs.encode", Function.ENCODE),
            Map.entry("torch.device", Function.DEVICE),
            Map.entry("pathlib.PosixPath", Function.PATH),
            Map.entry("torch._utils._rebuild_tensor_v2", Function.TENSOR),
            Map.entry("torch._utils._rebuild_parameter", Function.PARAMETER),
            Map.entry("numpy.dtype", Function.NUMPY_TYPE),
            Map.entry("numpy.core.multiarray.scalar", Function.NUMPY_SCALAR),
            Map.entry("numpy._core.multiarray.scalar", Function.NUMPY_SCALAR));

    /** What a call of an allowed name stands for. */
    enum Function {
        ORDERED_DICT,
        SET,
        ENCODE,
        DEVICE,
        PATH,
        TENSOR,
        PARAMETER,
        NUMPY_TYPE,
        NUMPY_SCALAR
    }

    private PickleGlobals() {}

    static boolean allowed(String name) {
        return STORAGES.containsKey(name)
                || DTYPES.contains(name)
                || CLASSES.contains(name)
                || FUNCTIONS.containsKey(name);
    }

    static @Nullable TensorType storage(String name) {
        return STORAGES.get(name);
    }

    /** The storage class for elements of this type. */
    static String storage(TensorType type) {
        return STORAGES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    static @Nullable Function function(String name) {
        return FUNCTIONS.get(name);
    }

    static boolean hasFields(String name) {
        return CLASSES.contains(name);
    }
}
