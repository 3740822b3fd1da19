package beits.device.tornado;

import uk.ac.manchester.tornado.api.common.TornadoDevice;

final class WorkgroupForm {
    static Form on(String name, TornadoDevice device) {
        throw new IllegalStateException("not yet");
    }
}
