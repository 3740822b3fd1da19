/**
 * The device {@code tornado}: programs as TornadoVM task graphs, compiled to the device's language while they run. One task graph a
 * kind of section, run again for each section of that kind with the places of its operands. The only package that knows TornadoVM.
 */
@NullMarked
package beits.device.tornado;

import org.jspecify.annotations.NullMarked;
