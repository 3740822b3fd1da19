package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** From the host's staging memory into the arenas. */
public final class Transfers {
    /** Arenas by the numbers that stand in the table of an upload. */
    public static final int PARAMETERS = 0;

    public static final int GRADIENTS = 1;
    public static final int MOMENT1 = 2;
    public static final int MOMENT2 = 3;
    public static final int AVERAGE = 4;
    public static final int STATE = 5;
    public static final int INPUTS = 6;
    public static final int ACTIVATIONS = 7;

    private Transfers() {}

    /**
     * {@code arena[offset + j] = staging[first + j]} for every entry of the table.
     *
     * <p>table: number of staged elements, number of entries, then for each entry arena, offset, length and first.
     */
    public static void uploadFloats(
            FloatArray staging,
            FloatArray parameters,
            FloatArray gradients,
            FloatArray moment1,
            FloatArray moment2,
            FloatArray average,
            FloatArray state,
            FloatArray inputs,
            FloatArray activations,
            IntArray table) {
        int count = table.get(0);
        int entries = table.get(1);
        for (@Parallel int i = 0; i < count; i++) {
            for (int e = 0; e < entries; e++) {
                int arena = table.get(2 + 4 * e);
                int length = table.get(4 + 4 * e);
                int j = i - table.get(5 + 4 * e);
                if (j >= 0 && j < length) {
                    int to = table.get(3 + 4 * e) + j;
                    float value = staging.get(i);
                    if (arena == PARAMETERS) {
                        parameters.set(to, value);
                    } else if (arena == GRADIENTS) {
                        gradients.set(to, value);
                    } else if (arena == MOMENT1) {
                        moment1.set(to, value);
                    } else if (arena == MOMENT2) {
                        moment2.set(to, value);
                    } else if (arena == AVERAGE) {
                        average.set(to, value);
                    } else if (arena == STATE) {
                        state.set(to, value);
                    } else if (arena == INPUTS) {
                        inputs.set(to, value);
                    } else if (arena == ACTIVATIONS) {
                        activations.set(to, value);
                    }
                }
            }
        }
    }

    /** As {@link #uploadFloats}, for integers; the number of the arena is not looked at, there is one. */
    public static void uploadInts(IntArray staging, IntArray indexes, IntArray table) {
        int count = table.get(0);
        int entries = table.get(1);
        for (@Parallel int i = 0; i < count; i++) {
            for (int e = 0; e < entries; e++) {
                int length = table.get(4 + 4 * e);
                int j = i - table.get(5 + 4 * e);
                if (j >= 0 && j < length) {
                    indexes.set(table.get(3 + 4 * e) + j, staging.get(i));
                }
            }
        }
    }

    /**
     * Does nothing, but as far as TornadoVM can see reads and writes every arena, so that each graph holds all of them. A graph
     * that lacked one would break the chain in which graphs hand the arenas on.
     *
     * @param never holds no negative number at its start
     */
    public static void holdArenas(
            FloatArray parameters,
            FloatArray gradients,
            FloatArray moment1,
            FloatArray moment2,
            FloatArray average,
            FloatArray state,
            FloatArray inputs,
            FloatArray activations,
            FloatArray scratch,
            IntArray indexes,
            IntArray never) {
        if (never.get(0) < 0) {
            parameters.set(0, parameters.get(1));
            gradients.set(0, gradients.get(1));
            moment1.set(0, moment1.get(1));
            moment2.set(0, moment2.get(1));
            average.set(0, average.get(1));
            state.set(0, state.get(1));
            inputs.set(0, inputs.get(1));
            activations.set(0, activations.get(1));
            scratch.set(0, scratch.get(1));
            indexes.set(0, indexes.get(1));
        }
    }
}
