package beits.device.tornado;

import beits.device.DeviceException;
import beits.device.tornado.kernel.Elements;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** One small kernel, run with a grid as all kernels are, timed, and compared with the same method run as Java. */
final class SelfTest {
    private static final int SIZE = 100;
    /** A coarse clock shows a short kernel no time only now and then. */
    private static final int RUNS = 5;

    private static final float TOLERANCE = 1e-6f;

    private SelfTest() {}

    /**
     * Runs it.
     *
     * @return what the time of a task tells on this device
     * @throws DeviceException when the device computes something else, or nothing
     */
    static LaunchCheck run(String name, TornadoDevice device) {
        FloatArray x = new FloatArray(SIZE);
        FloatArray onDevice = new FloatArray(SIZE);
        FloatArray inJava = new FloatArray(SIZE);
        onDevice.init(Float.NaN);
        for (int i = 0; i < SIZE; i++) {
            x.set(i, (i - SIZE / 2) / 8f);
        }
        IntArray places = IntArray.fromElements(0, 0);
        IntArray sizes = IntArray.fromElements(0, 0, SIZE);
        TaskGraph graph = new TaskGraph("selfTest")
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, x, places, sizes)
                .task("gelu", Elements::geluForward, x, onDevice, places, sizes)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, onDevice);
        GridScheduler grids =
                new GridScheduler("selfTest.gelu", Range.items(SIZE).grid());
        List<Long> times = new ArrayList<>();
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            plan.withDevice(device).withGridScheduler(grids).withProfiler(ProfilerMode.SILENT);
            for (int i = 0; i < RUNS; i++) {
                times.add(plan.execute().getProfilerResult().getDeviceKernelTime());
            }
        } catch (TornadoExecutionPlanException | RuntimeException e) {
            throw new DeviceException(
                    "device " + name + ": its self-test failed (" + e.getMessage() + "); update its driver or use cpu",
                    e);
        }
        Elements.geluForward(x, inJava, places, sizes);
        for (int i = 0; i < SIZE; i++) {
            if (!(Math.abs(onDevice.get(i) - inJava.get(i)) <= TOLERANCE * Math.max(1, Math.abs(inJava.get(i))))) {
                throw new DeviceException(
                        "device %s: its self-test computed %s where Java computes %s; update its driver or use cpu"
                                .formatted(name, onDevice.get(i), inJava.get(i)));
            }
        }
        return LaunchCheck.of(times);
    }
}
