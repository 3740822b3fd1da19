package beits.device;

import beits.program.Program;
import java.util.List;

/** A machine that runs programs. Opened by {@link Devices#open}, passed on, closed; nothing chooses one behind your back. */
public interface Device extends AutoCloseable {
    /** What this device is. */
    DeviceDescription description();

    /**
     * Makes programs ready to run over one set of arenas: what one program leaves in an arena the others see. Activations are
     * shared too, so they hold only until another program runs.
     *
     * @throws DeviceException when the programs do not fit the device, with the remedy
     */
    Executable compile(List<Program> programs);

    /** {@link #compile(List)} for a few programs. */
    default Executable compile(Program... programs) {
        return compile(List.of(programs));
    }

    @Override
    void close();
}
