package beits.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second process from writing into the folder of a run that goes on. The system frees it when a process dies. */
final class RunLock implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * The lock of a folder.
     *
     * @throws UserException when another run writes into it
     */
    static RunLock of(Path folder) throws IOException {
        Path file = folder.resolve(".lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (taken(channel)) {
            channel.close();
            throw new UserException(
                    "--out %s: another run writes into it; wait for its end or name another folder".formatted(folder));
        }
        return new RunLock(file, channel);
    }

    private static boolean taken(FileChannel channel) {
        try {
            return channel.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            // A file system without locks: there is no way to know.
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
    }
}
