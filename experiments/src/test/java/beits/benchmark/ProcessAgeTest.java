package beits.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class ProcessAgeTest {
    @Test
    void startTimeIsFoundBehindAnyName() {
        String fields = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 137448 20 21\n";
        assertEquals(2.5, ProcessAge.seconds("123 (java)" + fields, "1376.98 8948.97\n"), 1e-9);
        assertEquals(2.5, ProcessAge.seconds("123 (a) b (c d)" + fields, "1376.98 8948.97\n"), 1e-9);
    }

    @Test
    void processIsOlderThanItsJvm() {
        double jvm = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
        assertTrue(ProcessAge.seconds() > jvm - 0.02, () -> ProcessAge.seconds() + " s, the JVM " + jvm);
    }
}
