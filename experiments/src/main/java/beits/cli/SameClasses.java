package beits.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** Whether a model and a data set speak of the same classes. */
final class SameClasses {
    private SameClasses() {}

    /**
     * Checks number and names. Names of which none occurs on the other side are another way to call the classes, such as words for
     * the folders {@code n01440764} of ImageNet: they are taken by their number.
     *
     * @param own of the model, {@code class 0} and so on where it knows numbers only
     * @param given of the data, numbers where it has no names
     * @param err hears of names that are taken by their number
     * @throws UserException when they differ
     */
    static void require(Path file, List<String> own, List<String> given, PrintWriter err) {
        if (own.size() != given.size()) {
            throw new UserException("%s: knows %d classes, the data has %d; give data of the classes it was trained on"
                    .formatted(file, own.size(), given.size()));
        }
        boolean numbered = own.getFirst().equals("class 0")
                || own.getFirst().equals("0")
                || given.getFirst().equals("0");
        if (numbered || own.equals(given)) {
            return;
        }
        if (Collections.disjoint(own, given)) {
            err.println("beits: %s: class 0 is \"%s\", \"%s\" in the data, and so on; taken in this order"
                    .formatted(file, own.getFirst(), given.getFirst()));
            return;
        }
        for (int i = 0; i < own.size(); i++) {
            if (!own.get(i).equals(given.get(i))) {
                throw new UserException(
                        "%s: class %d is \"%s\", but \"%s\" in the data; name and sort the classes alike"
                                .formatted(file, i, own.get(i), given.get(i)));
            }
        }
    }
}
