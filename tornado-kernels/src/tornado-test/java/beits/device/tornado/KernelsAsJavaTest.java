package beits.device.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Device;
import beits.device.Devices;
import beits.device.KernelAgreement;
import beits.device.KernelCase;
import beits.device.KernelCases;
import beits.kernel.MatMul;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every kernel method run as the Java that it is, on the cases that {@link TornadoKernelsTest} runs it on when TornadoVM has
 * compiled it. Where only the latter fails, TornadoVM has compiled something else than what is written.
 */
class KernelsAsJavaTest {
    private static final Path SOURCES = Path.of("src/tornado/java/beits/device/tornado/kernel");

    /** Those that bring values to the device and hold the arenas; no kernel of a program is made of them. */
    private static final Set<String> TRANSFERS = Set.of("uploadFloats", "uploadInts", "holdArenas");

    @Test
    void everyKernelMethodComputesItsFormula() throws IOException, InterruptedException {
        // Methods that have run as Java in a process are too large for TornadoVM to compile there.
        Child ended = Child.run(Run.class);
        assertThat(ended.output()).endsWith("failures: []\nnot run: []\n");
        assertThat(ended.exitCode()).isZero();
    }

    /** A process that runs all methods and prints what is wrong. */
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) throws IOException, ClassNotFoundException {
            Form workgroups;
            try (Device device = Devices.open("tornado")) {
                workgroups = WorkgroupForm.on("tornado", ((TornadoVmDevice) device).tornado());
            }
            List<String> failures = new ArrayList<>();
            Set<String> methods = kernelMethods();
            methods.removeAll(TRANSFERS);
            methods.removeAll(check(new VectorForm(), KernelCases.all(), failures));
            methods.removeAll(check(workgroups, KernelCases.all(), failures));
            methods.removeAll(check(new ExampleForm(), KernelCases.of(MatMul.class), failures));
            System.out.println("failures: " + failures);
            System.out.println("not run: " + methods);
        }

        private static Set<String> check(Form form, List<KernelCase> cases, List<String> failures) {
            try (JavaDevice device = new JavaDevice(form)) {
                failures.addAll(KernelAgreement.failures(device, cases, 1e-5));
                return device.methods();
            }
        }
    }

    private static Set<String> kernelMethods() throws IOException, ClassNotFoundException {
        Set<String> methods = new TreeSet<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (!name.equals("package-info")) {
                    Arrays.stream(Class.forName("beits.device.tornado.kernel." + name)
                                    .getDeclaredMethods())
                            .filter(method ->
                                    Modifier.isPublic(method.getModifiers()) && method.getReturnType() == void.class)
                            .map(Method::getName)
                            .forEach(methods::add);
                }
            }
        }
        return methods;
    }
}
