package beits.device.tornado;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTaskGraphInterface;
import uk.ac.manchester.tornado.api.common.TaskPackage;

/**
 * Runs kernel methods as the Java that they are written in, without TornadoVM's compiler: parallel loops from end to end, kernels
 * that know their place in a work-group with a thread for each work-item.
 */
final class JavaTasks {
    private JavaTasks() {}

    static void run(KernelTask task, Arguments arguments) {
        Range range = task.range();
        if (range.localX() <= 1) {
            task.body().addTo(new Calls(), task.method(), arguments);
            return;
        }
        int localY = Math.max(1, range.localY());
        for (int y = 0; y < Math.max(1, range.y() / localY); y++) {
            for (int x = 0; x < range.x() / range.localX(); x++) {
                runGroup(task, arguments, x, y);
            }
        }
    }

    private static void runGroup(KernelTask task, Arguments arguments, int x, int y) {
        int sizeX = task.range().localX();
        int sizeY = Math.max(1, task.range().localY());
        Group group = new Group(x, y, sizeX, sizeY, new CyclicBarrier(sizeX * sizeY), new ArrayList<>());
        List<Future<?>> items = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int localY = 0; localY < sizeY; localY++) {
                for (int localX = 0; localX < sizeX; localX++) {
                    Arguments own = new Arguments(
                            arguments.memory(),
                            arguments.operands(),
                            arguments.places(),
                            arguments.sizes(),
                            arguments.constants(),
                            new Item(group, localX, localY));
                    items.add(threads.submit(() -> task.body().addTo(new Calls(), task.method(), own)));
                }
            }
            for (Future<?> item : items) {
                item.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(task.method() + " as Java: " + e.getMessage(), e);
        }
    }

    /** What the work-items of a group share: its place, its size, its barrier and its local memory. */
    private record Group(int x, int y, int sizeX, int sizeY, CyclicBarrier barrier, List<float[]> local) {}

    /** One work-item of a group. */
    private static final class Item extends KernelContext {
        private final Group group;
        private int allocations;

        Item(Group group, int localX, int localY) {
            this.group = group;
            set("groupIdx", group.x());
            set("groupIdy", group.y());
            set("localIdx", localX);
            set("localIdy", localY);
            set("localGroupSizeX", group.sizeX());
            set("localGroupSizeY", group.sizeY());
            set("globalIdx", group.x() * group.sizeX() + localX);
            set("globalIdy", group.y() * group.sizeY() + localY);
        }

        /** In Java the places of a context are final and 0. */
        private void set(String name, int value) {
            try {
                Field field = KernelContext.class.getField(name);
                field.setAccessible(true);
                field.set(this, value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void localBarrier() {
            try {
                group.barrier().await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void globalBarrier() {
            localBarrier();
        }

        @Override
        public float[] allocateFloatLocalArray(int size) {
            synchronized (group) {
                if (allocations == group.local().size()) {
                    group.local().add(new float[size]);
                }
                return group.local().get(allocations++);
            }
        }
    }

    /** A graph that calls what is added to it, and keeps nothing. */
    private static final class Calls extends TaskGraph {
        Calls() {
            super("calls");
            taskGraphImpl = (TornadoTaskGraphInterface) Proxy.newProxyInstance(
                    JavaTasks.class.getClassLoader(),
                    new Class<?>[] {TornadoTaskGraphInterface.class},
                    (_, method, arguments) -> {
                        if (!method.getName().equals("addTask")) {
                            throw new UnsupportedOperationException(method.getName());
                        }
                        call(((TaskPackage) arguments[0]).getTaskParameters());
                        return null;
                    });
        }

        /** @param parameters the method, then its arguments */
        private static void call(Object[] parameters) throws Throwable {
            Method apply = Arrays.stream(parameters[0].getClass().getInterfaces())
                    .flatMap(type -> Arrays.stream(type.getMethods()))
                    .filter(method -> method.getName().equals("apply"))
                    .findFirst()
                    .orElseThrow();
            try {
                apply.invoke(parameters[0], Arrays.copyOfRange(parameters, 1, parameters.length));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
