package beits.peer;

import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.set_num_threads;
import static org.bytedeco.pytorch.global.torch.show_config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The other side of {@code beits benchmark … --peer}: a process that does nothing between two requests.
 *
 * <p>The argument is the number of threads. The first line of output says what this is. Then a line {@code work NAME VARIANT SIZE…}
 * makes work ready and is answered with its number of parameters, and a line {@code runs N} is answered with seconds a run and the
 * largest resident size so far in bytes.
 */
public final class Peer {
    private static final Pattern MKL = Pattern.compile("Math Kernel Library Version ([0-9.]+)");

    private Peer() {}

    public static void main(String[] arguments) throws IOException {
        unpack();
        set_num_threads(Integer.parseInt(arguments[0]));
        System.out.println(version());
        Work work = null;
        PointerScope kept = new PointerScope();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("work")) {
                kept.close();
                kept = new PointerScope();
                manual_seed(7);
                work = work(words);
                System.out.println(work.parameters());
            } else {
                System.out.println(seconds(work, Integer.parseInt(words[1])) + " " + peakResident());
            }
        }
    }

    /** Libraries are loaded as they come out of the jar; the first would take those it needs from the system if they are not there yet. */
    private static void unpack() throws IOException {
        if (Boolean.getBoolean("org.bytedeco.javacpp.pathsFirst")) {
            return;
        }
        for (String library : new String[] {"libgomp.so.1", "libc10.so", "libtorch_cpu.so"}) {
            Loader.cacheResource("/org/bytedeco/pytorch/" + Loader.getPlatform() + "/" + library);
        }
    }

    private static Work work(String[] words) {
        String variant = words[2];
        int[] sizes = Arrays.stream(words).skip(3).mapToInt(Integer::parseInt).toArray();
        return switch (words[1]) {
            case "step" -> new Beit(true, sizes, variant.equals("fused"));
            case "infer" -> new Beit(false, sizes, variant.equals("fused"));
            case "dalle" -> new DallEEncoder(sizes, variant.equals("channels-last"));
            case "dvae-encode" -> new DiscreteVae(false, sizes, variant.equals("channels-last"));
            case "dvae-train" -> new DiscreteVae(true, sizes, variant.equals("channels-last"));
            case "product" -> new OpenblasProduct(variant, sizes);
            default -> Operations.of(words[1], variant, sizes);
        };
    }

    private static double seconds(Work work, int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            try (PointerScope scope = new PointerScope()) {
                work.run();
            }
        }
        return (System.nanoTime() - start) / 1e9 / runs;
    }

    private static String version() {
        Matcher mkl = MKL.matcher(show_config().getString());
        String torch = Tensor.class.getPackage().getImplementationVersion();
        return "LibTorch " + torch.substring(0, torch.indexOf('-')) + " with "
                + (mkl.find()
                        ? "MKL " + mkl.group(1)
                        : "OpenBLAS "
                                + org.bytedeco
                                        .openblas
                                        .global
                                        .openblas_nolapack
                                        .class
                                        .getPackage()
                                        .getImplementationVersion()
                                        .replaceAll("-.*", ""));
    }

    private static long peakResident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }
}
