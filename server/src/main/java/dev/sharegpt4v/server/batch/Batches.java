package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.openai.ApiException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All batches: those that ended, and those whose lines are answered by a few threads, one line of each batch in turn. Every
 * change of a batch is on the disk before it is told. Thread-safe.
 */
public final class Batches implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Batches.class.getName());
    private static final int MOST_KEPT = 10_000;
    /** Whether a batch's time or rest is over is looked at so often. */
    private static final int LOOK_MILLIS = 100;
    /** For lines that were told to end; a step of the engine takes less. */
    private static final Duration CLOSING = Duration.ofSeconds(20);

    private final FileStore files;
    private final BatchStore store;
    private final DataLimits limits;
    private final LineRoutes routes;
    private final String model;
    private final Clock clock;
    private final TreeMap<Long, BatchRecord> ended = new TreeMap<>();
    private final TreeMap<Long, BatchRun> unfinished = new TreeMap<>();
    private final Deque<BatchRun> turns = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private long nextNumber;
    private boolean closing;

    private Batches(
            FileStore files, BatchStore store, DataLimits limits, LineRoutes routes, String model, Clock clock) {
        this.files = files;
        this.store = store;
        this.limits = limits;
        this.routes = routes;
        this.model = model;
        this.clock = clock;
    }

    static Batches start(
            FileStore files,
            BatchStore store,
            DataLimits limits,
            LineRoutes routes,
            String model,
            int atOnce,
            Clock clock)
            throws IOException {
        Batches batches = new Batches(files, store, limits, routes, model, clock);
        batches.load();
        for (int i = 0; i < atOnce; i++) {
            batches.threads.add(Thread.ofVirtual().name("batch-line").start(batches::work));
        }
        batches.threads.add(Thread.ofVirtual().name("batch-window").start(batches::watch));
        return batches;
    }

    private synchronized void load() throws IOException {
        for (BatchRecord record : store.load()) {
            nextNumber = record.number() + 1;
            if (record.status().isEnd()) {
                ended.put(record.number(), record);
                store.dropJournal(record);
            } else {
                begin(record);
            }
        }
    }

    private void begin(BatchRecord record) {
        BatchRun run = new BatchRun(record);
        try {
            files.hold(record.order().inputFile());
        } catch (ApiException e) {
            LOG.log(System.Logger.Level.WARNING, record.id() + " has lost its input file");
        }
        unfinished.put(record.number(), run);
        turns.addLast(run);
    }

    /** Batches that have not ended. */
    public synchronized int unfinished() {
        return unfinished.size();
    }

    /** Lines that are answered now. */
    public synchronized int linesUnderWay() {
        return turns.stream().mapToInt(BatchRun::underWay).sum();
    }

    /** Lines that wait for their turn. */
    public synchronized int linesWaiting() {
        return turns.stream()
                .filter(BatchRun::isOpen)
                .mapToInt(run -> run.record().total() - run.view().tally().answered() - run.underWay())
                .sum();
    }

    /** Paths that a batch may ask. */
    public Set<String> endpoints() {
        return routes.endpoints();
    }

    /**
     * Orders a batch.
     *
     * @throws ApiException when its file cannot be the input of a batch, or there are too many
     */
    public synchronized ObjectNode order(BatchOrder order) {
        requireInput(order);
        if (unfinished.size() >= limits.maxUnfinished()) {
            throw ApiException.overloaded(
                    limits.maxUnfinished() + " batches have not ended yet; try again when one has.");
        }
        BatchRecord record =
                BatchRecord.ordered(nextNumber, order, model, clock.instant().getEpochSecond());
        try {
            store.save(record);
            forgetOldest();
        } catch (IOException e) {
            throw StoreErrors.of(e);
        }
        nextNumber++;
        begin(record);
        notifyAll();
        return record.json();
    }

    private void requireInput(BatchOrder order) {
        String id = order.inputFile();
        FileRecord file;
        try {
            file = files.find(id, order.owner());
        } catch (ApiException _) {
            throw ApiException.invalid("input_file_id", "No such File object: " + id);
        }
        if (!file.purpose().equals("batch")) {
            throw ApiException.invalid(
                    "input_file_id",
                    "The file " + id + " was uploaded for the purpose '" + file.purpose() + "', not 'batch'.");
        }
    }

    private void forgetOldest() throws IOException {
        while (ended.size() >= MOST_KEPT) {
            store.remove(ended.firstEntry().getValue());
            ended.pollFirstEntry();
        }
    }

    /**
     * A batch.
     *
     * @throws ApiException 404 when there is none that the caller sees
     */
    public synchronized ObjectNode find(String id, Owner caller) {
        return record(id, caller).json();
    }

    private BatchRecord record(String id, Owner caller) {
        return run(id).map(BatchRun::view)
                .or(() -> ended.values().stream()
                        .filter(record -> record.id().equals(id))
                        .findFirst())
                .filter(record -> caller.sees(record.order().owner()))
                .orElseThrow(() -> ApiException.exchange(404, "not_found", "No batch found with id '" + id + "'."));
    }

    private Optional<BatchRun> run(String id) {
        return unfinished.values().stream()
                .filter(run -> run.record().id().equals(id))
                .findFirst();
    }

    /** All batches that somebody sees, the latest first. */
    public synchronized List<ObjectNode> list(Owner caller) {
        TreeMap<Long, BatchRecord> all = new TreeMap<>(ended);
        unfinished.forEach((number, run) -> all.put(number, run.view()));
        return all.descendingMap().values().stream()
                .filter(record -> caller.sees(record.order().owner()))
                .map(BatchRecord::json)
                .toList();
    }

    /**
     * Ends a batch; lines under way are given up, and what was answered is in its files.
     *
     * @throws ApiException 404 when there is none that the caller sees, 400 when it has ended in another way
     */
    public synchronized ObjectNode cancel(String id, Owner caller) {
        BatchRecord record = record(id, caller);
        return switch (record.status()) {
            case VALIDATING, IN_PROGRESS -> cancel(run(id).orElseThrow());
            case CANCELLING, CANCELLED -> record.json();
            default ->
                throw ApiException.badRequest(
                        "batch_not_cancellable",
                        "batch_id",
                        "Cannot cancel a batch with status '" + record.status().wireName() + "'.");
        };
    }

    private ObjectNode cancel(BatchRun run) {
        become(run, run.record().at(BatchStatus.CANCELLING, now()));
        run.cancelCalls();
        run.wake();
        notifyAll();
        return run.view().json();
    }

    private void become(BatchRun run, BatchRecord record) {
        try {
            store.save(record);
        } catch (IOException e) {
            throw StoreErrors.of(e);
        }
        run.become(record);
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    /** One of the threads. */
    private void work() {
        try {
            for (Step step = take(); step != null; step = take()) {
                step.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What one thread does next. */
    private interface Step {
        void run() throws InterruptedException;
    }

    /** Waits for something to do; null at the end. */
    private synchronized @Nullable Step take() throws InterruptedException {
        while (!closing) {
            for (int i = turns.size(); i > 0; i--) {
                BatchRun run = turns.removeFirst();
                turns.addLast(run);
                Step step = next(run);
                if (step != null) {
                    return step;
                }
            }
            wait(turns.isEmpty() ? 0 : LOOK_MILLIS);
        }
        return null;
    }

    private @Nullable Step next(BatchRun run) {
        if (run.isClaimed() || run.isResting()) {
            return null;
        }
        BatchStatus status = run.record().status();
        if (status == BatchStatus.VALIDATING || !run.isOpen()) {
            return run.claim() ? () -> claimed(run, this::open) : null;
        }
        if (status == BatchStatus.IN_PROGRESS && !isOver(run)) {
            OptionalInt line = run.takeLine();
            if (line.isPresent()) {
                return () -> answer(run, line.getAsInt());
            }
        }
        return run.underWay() == 0 && run.claim() ? () -> claimed(run, this::finish) : null;
    }

    /** Whether its lines have had their time. */
    private boolean isOver(BatchRun run) {
        return run.record().expiresAt() <= now();
    }

    /** Gives up lines whose time is over; all other threads may be waiting for their answers. */
    private synchronized void watch() {
        try {
            while (!closing) {
                for (BatchRun run : turns) {
                    if (run.underWay() > 0 && run.record().status() == BatchStatus.IN_PROGRESS && isOver(run)) {
                        run.cancelCalls();
                        run.wake();
                    }
                }
                wait(turns.isEmpty() ? 0 : LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is done with a whole batch; when the disk refuses it, it is tried again. */
    private interface Whole {
        void run(BatchRun run) throws IOException;
    }

    private void claimed(BatchRun run, Whole action) {
        boolean done = false;
        try {
            action.run(run);
            done = true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, run.record().id() + " waits for the disk", e);
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.WARNING, run.record().id() + " could not go on and tries again", e);
        } finally {
            synchronized (this) {
                if (!done) {
                    run.rest();
                }
                run.unclaim();
                notifyAll();
            }
        }
    }

    /** Reads the input; then the batch runs, or has failed. After a restart it goes on where it was. */
    private void open(BatchRun run) throws IOException {
        BatchOrder order = run.record().order();
        FileRecord file;
        try {
            file = files.find(order.inputFile(), order.owner());
        } catch (ApiException e) {
            fail(run, List.of(new BatchError("file_not_found", "The input file is not there any more.", "", 0)));
            return;
        }
        FileChannel input = files.content(file);
        try {
            InputLines lines = InputLines.read(input, order.endpoint(), limits);
            if (lines.errors().isEmpty()) {
                run(run, input, lines);
                return;
            }
            fail(run, lines.errors());
            input.close();
        } catch (IOException | RuntimeException e) {
            input.close();
            throw e;
        }
    }

    private void run(BatchRun run, FileChannel input, InputLines lines) throws IOException {
        AnswerJournal journal = store.journal(run.record().with(lines));
        try {
            synchronized (this) {
                BatchRecord counted = run.record().with(lines);
                boolean isNew = counted.status() == BatchStatus.VALIDATING;
                become(run, isNew ? counted.at(BatchStatus.IN_PROGRESS, now()) : counted);
                run.open(new BatchRun.Source(input, lines, journal));
            }
        } catch (RuntimeException e) {
            journal.close();
            throw e;
        }
    }

    private synchronized void fail(BatchRun run, List<BatchError> errors) {
        end(run, run.record().withErrors(errors).at(BatchStatus.FAILED, now()));
    }

    /** Sends one line as often as it takes. */
    private void answer(BatchRun run, int line) throws InterruptedException {
        LineWork.Outcome outcome = LineWork.Outcome.LATER;
        try {
            outcome = new LineWork(routes, run.record(), run.source(), line).run(call -> send(run, line, call));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, run.record().id() + " waits for the disk", e);
        } finally {
            settle(run, line, outcome);
        }
    }

    private synchronized int send(BatchRun run, int line, LineRoutes.Call call) {
        run.sent(line, call);
        if (closing || run.record().status() != BatchStatus.IN_PROGRESS) {
            call.cancel();
        }
        return run.refusals(line);
    }

    private synchronized void settle(BatchRun run, int line, LineWork.Outcome outcome) {
        if (outcome == LineWork.Outcome.ANSWERED) {
            run.answered(line);
        } else {
            run.giveBack(line, outcome == LineWork.Outcome.NO_MEMORY);
            if (run.record().status() == BatchStatus.IN_PROGRESS && !isOver(run)) {
                run.rest();
            }
        }
        notifyAll();
    }

    /** Writes the files of a batch whose lines are all answered or given up. */
    private void finish(BatchRun run) throws IOException {
        synchronized (this) {
            if (run.record().status() == BatchStatus.IN_PROGRESS) {
                become(run, run.record().at(BatchStatus.FINALIZING, now()));
            }
        }
        BatchRecord result = BatchFiles.write(files, run.record(), run.source());
        synchronized (this) {
            end(run, result.at(endOf(result, run.source().journal().tally()), now()));
        }
    }

    private static BatchStatus endOf(BatchRecord record, Tally answered) {
        if (record.status() == BatchStatus.CANCELLING) {
            return BatchStatus.CANCELLED;
        }
        return answered.answered() < record.total() ? BatchStatus.EXPIRED : BatchStatus.COMPLETED;
    }

    private void end(BatchRun run, BatchRecord record) {
        become(run, record);
        unfinished.remove(record.number());
        turns.remove(run);
        ended.put(record.number(), record);
        files.letGo(record.order().inputFile());
        try {
            closeSource(run);
            store.dropJournal(record);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the journal of " + record.id() + " stays until the next start", e);
        }
    }

    private static void closeSource(BatchRun run) throws IOException {
        if (run.isOpen()) {
            run.source().close();
        }
    }

    /** Gives up what is under way, to be asked again after the next start. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            turns.forEach(BatchRun::cancelCalls);
            notifyAll();
        }
        try {
            long deadline = System.nanoTime() + CLOSING.toNanos();
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            for (BatchRun run : turns) {
                try {
                    closeSource(run);
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.WARNING, "a journal could not be closed", e);
                }
            }
        }
    }
}
