package beits.cli;

import java.io.PrintWriter;

/** What a command answers when some of its pictures could not be read. */
final class Unreadable {
    private Unreadable() {}

    /** Says how many there were, if any, and returns the exit code: failed for some, the user's mistake for all. */
    static int exitCode(long unreadable, long pictures, PrintWriter err) {
        if (unreadable == 0) {
            return 0;
        }
        err.println("beits: %d of %d pictures could not be read".formatted(unreadable, pictures));
        return unreadable == pictures ? Main.USER_MISTAKE : Main.FAILED;
    }
}
