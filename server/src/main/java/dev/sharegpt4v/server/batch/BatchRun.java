package dev.sharegpt4v.server.batch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch that has not ended: what of it is under way and what is left. All of it belongs to the lock of {@link Batches}. */
final class BatchRun {

    private static final Duration FIRST_REST = Duration.ofMillis(100);
    private static final int MOST_DOUBLINGS = 7;

    /** The latest state that is on the disk. */
    private BatchRecord record;

    private @Nullable Source source;
    private final Set<Integer> underWay = new HashSet<>();
    private final Map<Integer, LineRoutes.Call> calls = new HashMap<>();
    private final Map<Integer, Integer> refusals = new HashMap<>();
    private final Deque<Integer> returned = new ArrayDeque<>();
    private int next;
    private boolean claimed;
    private int rests;
    private long restedAt;

    BatchRun(BatchRecord record) {
        this.record = record;
    }

    /** Input and answers, which are open as long as the batch runs. */
    record Source(FileChannel input, InputLines lines, AnswerJournal journal) implements AutoCloseable {

        /** A line of the input, which was right when the batch was checked. */
        InputLine line(String endpoint, int line) throws IOException {
            try {
                return new LineChecks(endpoint).read(lines.bytes(input, line));
            } catch (LineChecks.Fault e) {
                throw new IOException("the input file has changed", e);
            }
        }

        @Override
        public void close() throws IOException {
            try (FileChannel _ = input) {
                journal.close();
            }
        }
    }

    BatchRecord record() {
        return record;
    }

    /** As it is now, with what was answered since the latest change of its status. */
    BatchRecord view() {
        return source == null ? record : record.withTally(source.journal().tally());
    }

    void become(BatchRecord changed) {
        record = changed;
    }

    boolean isOpen() {
        return source != null;
    }

    void open(Source opened) {
        source = opened;
    }

    Source source() {
        return Objects.requireNonNull(source, "the batch is not open. This is a bug.");
    }

    /** Gives one thread the whole batch, for what is not a line's; false when another has it. */
    boolean claim() {
        if (claimed) {
            return false;
        }
        claimed = true;
        return true;
    }

    void unclaim() {
        claimed = false;
    }

    boolean isClaimed() {
        return claimed;
    }

    /** The next line without an answer, which is under way then. */
    OptionalInt takeLine() {
        Integer again = returned.pollFirst();
        if (again == null) {
            AnswerJournal journal = source().journal();
            while (next < record.total() && journal.has(next)) {
                next++;
            }
            if (next == record.total()) {
                return OptionalInt.empty();
            }
            again = next++;
        }
        underWay.add(again);
        return OptionalInt.of(again);
    }

    /** The call of a line that is under way, so that it can be cancelled. */
    void sent(int line, LineRoutes.Call call) {
        calls.put(line, call);
    }

    /** The line has its answer. */
    void answered(int line) {
        over(line);
        refusals.remove(line);
        rests = 0;
    }

    /**
     * The line has none yet and is asked again.
     *
     * @param refused for want of memory
     */
    void giveBack(int line, boolean refused) {
        over(line);
        if (refused) {
            refusals.merge(line, 1, Integer::sum);
        }
        returned.addLast(line);
    }

    private void over(int line) {
        underWay.remove(line);
        calls.remove(line);
    }

    /** How often the line was refused for want of memory. */
    int refusals(int line) {
        return refusals.getOrDefault(line, 0);
    }

    int underWay() {
        return underWay.size();
    }

    void cancelCalls() {
        calls.values().forEach(LineRoutes.Call::cancel);
    }

    /** Leaves the batch alone for a while, the longer the more often in a row. */
    void rest() {
        restedAt = System.nanoTime();
        rests = Math.min(MOST_DOUBLINGS, rests + 1);
    }

    /** It has rested enough. */
    void wake() {
        rests = 0;
    }

    boolean isResting() {
        return rests > 0 && System.nanoTime() - restedAt < FIRST_REST.toNanos() << (rests - 1);
    }
}
