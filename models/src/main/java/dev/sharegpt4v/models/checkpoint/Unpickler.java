package dev.sharegpt4v.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pickle machine that builds data and nothing else: unknown opcodes and globals are refused, nothing is called.
 *
 * <p>Source: Python's pickletools (protocol 2) and torch's weights-only unpickler.
 */
final class Unpickler {

    /** A published checkpoint of 327 tensors has a pickle of some 60 kB. */
    private static final int MAX_BYTES = 16 << 20;

    private static final int MAX_VALUES = 1_000_000;
    private static final int MAX_MEMO = 1_000_000;
    private static final int MAX_TEXT = 4_096;
    private static final Pickle MARK = new Pickle.Mark();

    private final Path file;
    private final ByteBuffer input;
    private final List<Pickle> stack = new ArrayList<>();
    private final Map<Integer, Pickle> memo = new HashMap<>();
    private final PickleCalls calls;
    private int pushed;

    private Unpickler(Path file, byte[] bytes) {
        this.file = file;
        this.input = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.calls = new PickleCalls(file);
    }

    /** The root object of a pickle. */
    static Pickle read(Path file, MemorySegment bytes) {
        if (bytes.byteSize() > MAX_BYTES) {
            throw new CheckpointException(file + ": has a pickle of " + bytes.byteSize() + " bytes");
        }
        return new Unpickler(file, bytes.toArray(ValueLayout.JAVA_BYTE)).run();
    }

    private Pickle run() {
        while (true) {
            int opcode = next();
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
        }
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> next();
            case '(' -> push(MARK);
            case 'N' -> push(new Pickle.Null());
            case 0x88 -> push(new Pickle.Bool(true));
            case 0x89 -> push(new Pickle.Bool(false));
            case 'J' -> push(new Pickle.Int(buffer(4).getInt()));
            case 'K' -> push(new Pickle.Int(next()));
            case 'M' -> push(new Pickle.Int(Short.toUnsignedInt(buffer(2).getShort())));
            case 0x8a -> push(new Pickle.Int(longOf(next())));
            case 'G' ->
                push(new Pickle.Real(buffer(8).order(ByteOrder.BIG_ENDIAN).getDouble()));
            case 'X' -> push(new Pickle.Text(text(buffer(4).getInt())));
            case 'U' -> push(new Pickle.Text(text(next())));
            case ')' -> push(new Pickle.Tuple(List.of()));
            case 0x85 -> push(new Pickle.Tuple(popLast(1)));
            case 0x86 -> push(new Pickle.Tuple(popLast(2)));
            case 0x87 -> push(new Pickle.Tuple(popLast(3)));
            case 't' -> push(new Pickle.Tuple(popToMark()));
            case ']' -> push(new Pickle.Sequence(new ArrayList<>()));
            case '}' -> push(new Pickle.Dict(new LinkedHashMap<>()));
            case 0x8f -> push(new Pickle.Sequence(new ArrayList<>()));
            case 'a' -> append(popLast(1));
            case 'e' -> append(popToMark());
            case 's' -> setItems(popLast(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> memorise(next());
            case 'r' -> memorise(buffer(4).getInt());
            case 'h' -> push(recall(next()));
            case 'j' -> push(recall(buffer(4).getInt()));
            case 'c' -> push(global(line(), line()));
            case 'Q' -> push(calls.storage(pop()));
            case 'R', 0x81 -> reduce();
            case 'b' -> build();
            default -> throw malformed("uses opcode 0x%02x, which no checkpoint needs".formatted(opcode));
        }
    }

    private Pickle global(String module, String name) {
        return new Pickle.Global(PickleGlobals.find(module, name)
                .orElseThrow(() -> malformed("names the global " + module + "." + name
                        + ", which is refused: a checkpoint holds tensors, not code")));
    }

    private void reduce() {
        Pickle arguments = pop();
        Pickle function = pop();
        push(calls.call(function, arguments));
    }

    /** State of an OrderedDict is metadata and is dropped; nothing else may carry state. */
    private void build() {
        pop();
        if (!(peek() instanceof Pickle.Dict)) {
            throw malformed("sets state on something that is not a dict");
        }
    }

    private void append(List<Pickle> items) {
        if (!(peek() instanceof Pickle.Sequence(List<Pickle> target))) {
            throw malformed("appends to something that is not a list");
        }
        target.addAll(items);
    }

    private void setItems(List<Pickle> items) {
        if (!(peek() instanceof Pickle.Dict(Map<Pickle, Pickle> target)) || items.size() % 2 != 0) {
            throw malformed("sets items on something that is not a dict");
        }
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof Pickle.Text || items.get(i) instanceof Pickle.Int)) {
                throw malformed("has a key that is neither text nor number");
            }
            if (target.put(items.get(i), items.get(i + 1)) != null) {
                throw malformed("names " + items.get(i) + " twice");
            }
        }
    }

    private void memorise(int key) {
        memo.put(key, peek());
        if (memo.size() > MAX_MEMO) {
            throw malformed("memorises more values than any checkpoint");
        }
    }

    private Pickle recall(int key) {
        Pickle value = memo.get(key);
        if (value == null) {
            throw malformed("recalls a value it never stored");
        }
        return value;
    }

    private void push(Pickle value) {
        if (++pushed > MAX_VALUES) {
            throw malformed("holds more values than any checkpoint");
        }
        stack.add(value);
    }

    private Pickle peek() {
        if (stack.isEmpty()) {
            throw malformed("takes from an empty stack");
        }
        return stack.getLast();
    }

    private Pickle pop() {
        Pickle value = peek();
        stack.removeLast();
        return value;
    }

    private List<Pickle> popLast(int count) {
        if (stack.size() < count) {
            throw malformed("takes from an empty stack");
        }
        List<Pickle> tail = stack.subList(stack.size() - count, stack.size());
        List<Pickle> items = List.copyOf(tail);
        tail.clear();
        return items;
    }

    private List<Pickle> popToMark() {
        for (int i = stack.size() - 1; i >= 0; i--) {
            if (stack.get(i) instanceof Pickle.Mark) {
                List<Pickle> items = popLast(stack.size() - 1 - i);
                stack.removeLast();
                return items;
            }
        }
        throw malformed("closes a group it never opened");
    }

    private int next() {
        return Byte.toUnsignedInt(buffer(1).get());
    }

    private ByteBuffer buffer(int length) {
        if (length < 0 || input.remaining() < length) {
            throw malformed("ends in the middle of a value");
        }
        ByteBuffer slice = input.slice(input.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        input.position(input.position() + length);
        return slice;
    }

    private String text(int length) {
        if (length > MAX_TEXT) {
            throw malformed("holds a text of " + length + " bytes");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(buffer(length)).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file + ": its pickle holds a text that is not UTF-8", e);
        }
    }

    private String line() {
        int start = input.position();
        while (next() != '\n') {
            if (input.position() - start > 256) {
                throw malformed("has a name without end");
            }
        }
        return new String(input.array(), start, input.position() - start - 1, StandardCharsets.UTF_8);
    }

    private long longOf(int length) {
        if (length > 8) {
            throw malformed("holds a number of more than 64 bits");
        }
        ByteBuffer bytes = buffer(length);
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= Byte.toUnsignedLong(bytes.get(i)) << (8 * i);
        }
        int unused = 64 - 8 * length;
        return length == 0 ? 0 : value << unused >> unused;
    }

    private CheckpointException malformed(String what) {
        return new CheckpointException(file + ": its pickle " + what);
    }
}
