package beits.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import beits.checkpoint.Pickled.Bool;
import beits.checkpoint.Pickled.Bytes;
import beits.checkpoint.Pickled.Global;
import beits.checkpoint.Pickled.Int;
import beits.checkpoint.Pickled.Mapping;
import beits.checkpoint.Pickled.None;
import beits.checkpoint.Pickled.Real;
import beits.checkpoint.Pickled.Sequence;
import beits.checkpoint.Pickled.Text;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A pickle machine that can only build data (Python {@code pickletools}, protocols 0 to 5). It has a stack, marks and a memo
 * like Python's, but a name is checked against {@link PickleGlobals} before it is so much as put on the stack, and what an
 * allowed call means is decided by {@link PickleObjects}. Work and memory are bounded by the number of values.
 */
final class PickleReader {
    /** Bytes of the longest pickle that is read; a BEiT-large training checkpoint has some 200 kB. */
    static final long LONGEST = 1L << 26;

    private static final int MOST_VALUES = 5_000_000;
    private static final int NEWEST_PROTOCOL = 5;

    private final String source;
    private final PickleInput in;
    private final PickleObjects objects;
    private List<Pickled> stack = new ArrayList<>();
    private Deque<Integer> marks = new ArrayDeque<>();
    private Map<Long, Pickled> memo = new HashMap<>();
    private int values;

    /**
     * A machine over some bytes.
     *
     * @param source name of the file, for messages
     * @param bytes one or more pickles, possibly with something behind them
     * @param objects what calls and persistent ids stand for
     */
    PickleReader(String source, MemorySegment bytes, PickleObjects objects) {
        this.source = source;
        this.in = new PickleInput(source, bytes);
        this.objects = objects;
    }

    /** The bytes behind the pickles that have been read. */
    MemorySegment rest() {
        return in.rest();
    }

    /** Reads the next pickle. */
    Pickled read() throws CheckpointException {
        stack = new ArrayList<>();
        marks = new ArrayDeque<>();
        memo = new HashMap<>();
        long start = in.position();
        for (int opcode = in.unsignedByte(); opcode != '.'; opcode = in.unsignedByte()) {
            if (in.position() - start > LONGEST) {
                throw in.malformed("a pickle of more than %d bytes".formatted(LONGEST));
            }
            step(opcode);
        }
        Pickled result = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
            throw in.malformed("values left over at the end");
        }
        return result;
    }

    private void step(int opcode) throws CheckpointException {
        switch (opcode) {
            case 0x80 -> protocol(in.unsignedByte());
            case 0x95 -> frame(in.signedLong());
            case '(' -> mark();
            case '0' -> popOrUnmark();
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(new None());
            case 0x88 -> push(new Bool(true));
            case 0x89 -> push(new Bool(false));
            case 'I' -> push(decimalOrBool(in.line()));
            case 'L' -> push(decimalLong(in.line()));
            case 'J' -> push(integer(in.signedInt()));
            case 'K' -> push(integer(in.unsignedByte()));
            case 'M' -> push(integer(in.unsignedShort()));
            case 0x8a -> push(new Int(in.integer(in.unsignedByte())));
            case 0x8b -> push(new Int(in.integer(in.signedInt())));
            case 'F' -> push(decimalReal(in.line()));
            case 'G' -> push(new Real(in.bigEndianDouble()));
            case 'X' -> push(new Text(in.text(in.unsignedInt(), UTF_8)));
            case 0x8c -> push(new Text(in.text(in.unsignedByte(), UTF_8)));
            case 0x8d -> push(new Text(in.text(in.signedLong(), UTF_8)));
            case 'T' -> push(new Text(in.text(in.signedInt(), ISO_8859_1)));
            case 'U' -> push(new Text(in.text(in.unsignedByte(), ISO_8859_1)));
            case 'B' -> push(new Bytes(in.text(in.unsignedInt(), ISO_8859_1)));
            case 'C' -> push(new Bytes(in.text(in.unsignedByte(), ISO_8859_1)));
            case 0x8e, 0x96 -> push(new Bytes(in.text(in.signedLong(), ISO_8859_1)));
            case ']', 0x8f -> push(new Sequence());
            case 'a' -> append(List.of(pop()));
            case 'e', 0x90 -> append(popToMark());
            case 'l', 't', 0x91 -> push(sequence(popToMark()));
            case ')' -> push(new Sequence());
            case 0x85 -> push(sequence(popLast(1)));
            case 0x86 -> push(sequence(popLast(2)));
            case 0x87 -> push(sequence(popLast(3)));
            case '}' -> push(new Mapping());
            case 'd' -> {
                List<Pickled> items = popToMark();
                push(new Mapping());
                setItems(items);
            }
            case 's' -> setItems(popLast(2));
            case 'u' -> setItems(popToMark());
            case 'p' -> remember(decimalLong(in.line()).value().longValue());
            case 'q' -> remember(in.unsignedByte());
            case 'r' -> remember(in.unsignedInt());
            case 0x94 -> remember(memo.size());
            case 'g' -> recall(decimalLong(in.line()).value().longValue());
            case 'h' -> recall(in.unsignedByte());
            case 'j' -> recall(in.unsignedInt());
            case 'c' -> push(global(in.line(), in.line()));
            case 0x93 -> stackGlobal();
            case 'R' -> {
                List<Pickled> call = popLast(2);
                push(objects.call(call.getFirst(), call.getLast()));
            }
            case 0x81 -> {
                List<Pickled> call = popLast(2);
                push(objects.create(call.getFirst(), call.getLast()));
            }
            case 'b' -> {
                Pickled state = pop();
                objects.build(top(), state);
            }
            case 'Q' -> push(objects.persistent(pop()));
            case 'i' -> throw refused(in.line() + "." + in.line());
            case 'o', 0x92 -> throw refused("the creation of an object by its class");
            case 'P', 0x82, 0x83, 0x84, 0x97, 0x98 ->
                throw refused("opcode 0x%02x, which no checkpoint needs".formatted(opcode));
            default -> throw in.malformed("unknown opcode 0x%02x".formatted(opcode));
        }
    }

    private void protocol(int version) throws CheckpointException {
        if (version > NEWEST_PROTOCOL) {
            throw in.malformed("pickle protocol %d, where %d is the newest known".formatted(version, NEWEST_PROTOCOL));
        }
    }

    private void frame(long length) throws CheckpointException {
        if (length < 0 || length > in.rest().byteSize()) {
            throw in.malformed("a frame of %d bytes".formatted(length));
        }
    }

    private CheckpointException refused(String what) {
        return PickleObjects.refused(source, what);
    }

    private void count() throws CheckpointException {
        if (++values > MOST_VALUES) {
            throw in.malformed("more than %d values".formatted(MOST_VALUES));
        }
    }

    private void push(Pickled value) throws CheckpointException {
        count();
        stack.add(value);
    }

    private void mark() throws CheckpointException {
        count();
        marks.push(stack.size());
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.peek();
    }

    private Pickled top() throws CheckpointException {
        if (stack.size() <= floor()) {
            throw in.malformed("a value wanted from an empty stack");
        }
        return stack.getLast();
    }

    private Pickled pop() throws CheckpointException {
        Pickled value = top();
        stack.removeLast();
        return value;
    }

    private void popOrUnmark() throws CheckpointException {
        if (!marks.isEmpty() && stack.size() == marks.peek()) {
            marks.pop();
        } else {
            pop();
        }
    }

    private List<Pickled> popLast(int count) throws CheckpointException {
        if (stack.size() - count < floor()) {
            throw in.malformed("%d values wanted where the stack has fewer".formatted(count));
        }
        return cut(stack.size() - count);
    }

    private List<Pickled> popToMark() throws CheckpointException {
        if (marks.isEmpty()) {
            throw in.malformed("a mark that was never set");
        }
        return cut(marks.pop());
    }

    private List<Pickled> cut(int from) {
        List<Pickled> tail = stack.subList(from, stack.size());
        List<Pickled> items = new ArrayList<>(tail);
        tail.clear();
        return items;
    }

    private static Sequence sequence(List<Pickled> items) {
        Sequence sequence = new Sequence();
        sequence.items().addAll(items);
        return sequence;
    }

    private void append(List<Pickled> items) throws CheckpointException {
        if (!(top() instanceof Sequence sequence)) {
            throw in.malformed("items for something that is no list");
        }
        sequence.items().addAll(items);
    }

    private void setItems(List<Pickled> items) throws CheckpointException {
        if (!(top() instanceof Mapping mapping) || items.size() % 2 != 0) {
            throw in.malformed("entries for something that is no dictionary");
        }
        for (int i = 0; i < items.size(); i += 2) {
            mapping.entries().put(PickleObjects.key(source, items.get(i)), items.get(i + 1));
        }
    }

    private void remember(long index) throws CheckpointException {
        count();
        memo.put(index, top());
    }

    private void recall(long index) throws CheckpointException {
        Pickled value = memo.get(index);
        if (value == null) {
            throw in.malformed("a memo %d that was never set".formatted(index));
        }
        push(value);
    }

    private Global global(String module, String name) throws CheckpointException {
        String full = module + "." + name;
        if (name.indexOf('.') >= 0 || !PickleGlobals.allowed(full)) {
            throw refused(full);
        }
        return new Global(full);
    }

    private void stackGlobal() throws CheckpointException {
        List<Pickled> names = popLast(2);
        if (!(names.getFirst() instanceof Text module) || !(names.getLast() instanceof Text name)) {
            throw in.malformed("a name that is no text");
        }
        push(global(module.value(), name.value()));
    }

    private static Int integer(int value) {
        return new Int(BigInteger.valueOf(value));
    }

    private Pickled decimalOrBool(String line) throws CheckpointException {
        return switch (line) {
            case "00" -> new Bool(false);
            case "01" -> new Bool(true);
            default -> decimalLong(line);
        };
    }

    private Int decimalLong(String line) throws CheckpointException {
        try {
            return new Int(new BigInteger(line.endsWith("L") ? line.substring(0, line.length() - 1) : line));
        } catch (NumberFormatException e) {
            throw in.malformed("an integer that is none");
        }
    }

    private Real decimalReal(String line) throws CheckpointException {
        try {
            return new Real(Double.parseDouble(line));
        } catch (NumberFormatException e) {
            throw in.malformed("a float that is none");
        }
    }
}
