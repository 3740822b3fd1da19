package beits.device.reference;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.Executable;
import beits.program.Program;
import java.util.List;

/** Plain loops in double precision on the Java heap. */
public final class ReferenceDevice implements Device {

    @Override
    public DeviceDescription description() {
        return new DeviceDescription(
                ReferenceProvider.NAME,
                "double precision, plain loops",
                Runtime.getRuntime().maxMemory(),
                Double.SIZE);
    }

    @Override
    public Executable compile(List<Program> programs) {
        return new ReferenceExecutable(programs);
    }

    @Override
    public void close() {
        // It holds nothing: the arenas belong to the executables.
    }
}
