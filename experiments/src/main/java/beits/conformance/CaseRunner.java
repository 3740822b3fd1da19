package beits.conformance;

import beits.device.Device;
import java.io.IOException;

/** Computes what a case expects and hands it to the judge. */
@FunctionalInterface
interface CaseRunner {
    /**
     * Runs a case. Any exception makes the case fail with its message.
     *
     * @throws IOException when a file of the case cannot be read
     */
    void run(GoldenCase golden, Device device, Judge judge) throws IOException;
}
