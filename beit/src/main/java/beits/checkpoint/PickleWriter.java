package beits.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the pickle of a state dict (Python {@code pickletools}, protocol 2), as {@code torch.save} describes contiguous tensors
 * whose elements lie elsewhere. Names are written out each time: it knows no memo.
 */
final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private PickleWriter() {}

    /**
     * The pickle of an {@code OrderedDict} of tensors. The storage of each has its place in the order, from 0, as its key.
     *
     * @param key of a dictionary that holds nothing but the state dict, or null for the state dict itself
     */
    static byte[] stateDict(NamedTensors tensors, @Nullable String key) {
        PickleWriter writer = new PickleWriter();
        writer.opcode(0x80);
        writer.opcode(2);
        if (key == null) {
            writer.stateDict(tensors);
        } else {
            writer.opcode('}');
            writer.text(key);
            writer.stateDict(tensors);
            writer.opcode('s');
        }
        writer.opcode('.');
        return writer.out.toByteArray();
    }

    private void stateDict(NamedTensors tensors) {
        orderedDict();
        opcode('(');
        int storage = 0;
        for (Map.Entry<String, TensorData> entry : tensors.tensors().entrySet()) {
            text(entry.getKey());
            tensor(entry.getValue(), Integer.toString(storage++));
        }
        opcode('u');
    }

    /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)}. */
    private void tensor(TensorData tensor, String storage) {
        global("torch._utils._rebuild_tensor_v2");
        opcode('(');
        storage(tensor, storage);
        integer(0);
        tuple(tensor.shape());
        tuple(strides(tensor.shape()));
        opcode(0x89);
        orderedDict();
        opcode('t');
        opcode('R');
    }

    private void storage(TensorData tensor, String key) {
        opcode('(');
        text("storage");
        global(PickleGlobals.storage(tensor.type()));
        text(key);
        text("cpu");
        integer(tensor.size());
        opcode('t');
        opcode('Q');
    }

    private static List<Long> strides(List<Long> shape) {
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (long extent : shape.reversed()) {
            strides.addFirst(stride);
            stride *= Math.max(1, extent);
        }
        return strides;
    }

    private void orderedDict() {
        global("collections.OrderedDict");
        opcode(')');
        opcode('R');
    }

    private void global(String name) {
        int dot = name.lastIndexOf('.');
        opcode('c');
        out.writeBytes(
                (name.substring(0, dot) + "\n" + name.substring(dot + 1) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void tuple(List<Long> items) {
        opcode('(');
        items.forEach(this::integer);
        opcode('t');
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        opcode('X');
        out.writeBytes(littleEndian(4).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    private void integer(long value) {
        if (value == (int) value) {
            opcode('J');
            out.writeBytes(littleEndian(4).putInt((int) value).array());
        } else {
            opcode(0x8a);
            opcode(8);
            out.writeBytes(littleEndian(8).putLong(value).array());
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void opcode(int opcode) {
        out.write(opcode);
    }
}
