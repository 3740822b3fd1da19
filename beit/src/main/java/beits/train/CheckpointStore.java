package beits.train;

import java.io.IOException;
import java.nio.file.Path;

/** Where a training run puts its checkpoints. */
@FunctionalInterface
public interface CheckpointStore {
    /**
     * Writes everything that a bit-exact resume needs. When it returns the file is whole and on disk.
     *
     * @return the checkpoint's file
     * @throws IOException when it cannot be written; earlier checkpoints stay whole
     */
    Path save(Trainer<?> trainer) throws IOException;
}
