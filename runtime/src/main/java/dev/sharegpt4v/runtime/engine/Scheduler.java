package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.memory.KvMemory;
import dev.sharegpt4v.runtime.memory.PrefixMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Who runs: the waiting and the running sequences, both in {@link Sequence#ORDER}, and the next step's plan. */
final class Scheduler {

    /** Rows of logits that one sequence asks of a step for its prompt: 16 MB with 32,000 tokens. */
    private static final int MOST_SCORED = 128;

    private final EngineOptions options;
    private final KvMemory memory;
    private final StepPace pace;
    private final Consumer<Sequence> onPreempted;
    private final List<Sequence> waiting = new ArrayList<>();
    private final List<Sequence> running = new ArrayList<>();
    private boolean holding;

    Scheduler(EngineOptions options, KvMemory memory, StepPace pace, Consumer<Sequence> onPreempted) {
        this.options = options;
        this.memory = memory;
        this.pace = pace;
        this.onPreempted = onPreempted;
    }

    List<Sequence> running() {
        return running;
    }

    List<Sequence> waiting() {
        return waiting;
    }

    void add(Sequence sequence) {
        insert(waiting, sequence);
    }

    /** Positions of a waiting sequence that need not be computed, as the cache is now. */
    int coveredByCache(Sequence sequence) {
        return memory.find(sequence.keys(), sequence.reusable()).tokens();
    }

    /** Takes in waiting sequences for which there is room, and plans a step. */
    StepPlan plan() {
        admit();
        findCached();
        List<SharePolicy.Candidate> candidates = candidates();
        int decoding = 0;
        for (SharePolicy.Candidate candidate : candidates) {
            decoding += candidate.decoding() ? 1 : 0;
        }
        int[] shares = SharePolicy.share(candidates, options.maxStepTokens(), pace.promptTokens(decoding));
        List<StepPlan.Part> parts = new ArrayList<>(running.size());
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0) {
                parts.add(StepPlan.Part.of(running.get(i), shares[i]));
            }
        }
        return parts.size() == decoding ? new StepPlan(pace.guess(parts)) : new StepPlan(parts);
    }

    /** What each running sequence could run, but that nobody computes what another computes in the same step. */
    private List<SharePolicy.Candidate> candidates() {
        List<SharePolicy.Candidate> candidates = new ArrayList<>(running.size());
        Set<ContentHash> computing = new HashSet<>(0);
        for (Sequence sequence : running) {
            int runnable = sequence.runnable();
            if (sequence.openScores().isPresent()) {
                runnable = Math.min(runnable, MOST_SCORED);
            } else if (!sequence.isDecoding() && options.prefixCaching()) {
                boolean first = computing.add(sequence.keys().blockAt(sequence.computed()));
                boolean between = sequence.computed() % memory.geometry().blockSize() == 0;
                runnable = first || !between ? runnable : 0;
            }
            candidates.add(new SharePolicy.Candidate(sequence.isDecoding(), runnable, sequence.remaining()));
        }
        return candidates;
    }

    /** Lets prompts skip what others have computed since they began. */
    private void findCached() {
        for (Sequence sequence : running) {
            if (sequence.isDecoding() || sequence.openScores().isPresent()) {
                continue;
            }
            boolean room = memory.freeBlocks() > missingBlocks();
            int found =
                    memory.extend(sequence.table(), sequence.keys(), sequence.computed(), sequence.length() - 1, room);
            if (found > sequence.computed()) {
                sequence.found(found);
            }
        }
    }

    /**
     * Takes in sequences that can start: their first tokens can run, and all that is known of them fits beside the next
     * needs of those who run. Else who stepped back for an elder would take its blocks away again.
     */
    private void admit() {
        if (holding) {
            return;
        }
        boolean someoneWaitsForRoom = false;
        int admitted = 0;
        for (int i = 0; i < waiting.size(); i++) {
            Sequence candidate = waiting.get(i);
            if (running.size() >= options.maxRunning() && !outranks(candidate)) {
                return;
            }
            PrefixMatch match = memory.find(candidate.keys(), candidate.reusable());
            if (candidate.runnableFrom(match.tokens()) == 0) {
                continue;
            }
            Optional<PrefixMatch> fitting = fitting(candidate, match);
            if (fitting.isEmpty()) {
                if (candidate.isPatienceOver()) {
                    return;
                }
                someoneWaitsForRoom = true;
                continue;
            }
            if (someoneWaitsForRoom && admitted > 0) {
                return;
            }
            waiting.remove(i--);
            start(candidate, fitting.get());
            admitted++;
        }
    }

    /** The match with which a candidate finds room, beside those who run or instead of those whom it outranks. */
    private Optional<PrefixMatch> fitting(Sequence candidate, PrefixMatch match) {
        while (true) {
            int free = memory.freeBlocks() - missingBlocks();
            PrefixMatch whole = memory.withoutCopy(match);
            boolean place = running.size() < options.maxRunning();
            if (place && memory.blocksToStart(match, candidate.length() + 1) <= free) {
                return Optional.of(match);
            }
            if (place
                    && candidate.runnableFrom(whole.tokens()) > 0
                    && memory.blocksToStart(whole, candidate.length() + 1) <= free) {
                return Optional.of(whole);
            }
            if (!outranks(candidate) || !wouldFitWithoutOutranked(candidate, free)) {
                return Optional.empty();
            }
            preemptLast();
        }
    }

    /** Whether somebody runs whose priority is lower. */
    private boolean outranks(Sequence candidate) {
        return !running.isEmpty() && priority(running.getLast()) > priority(candidate) && isFirstInOrder(candidate);
    }

    private boolean isFirstInOrder(Sequence candidate) {
        return Sequence.ORDER.compare(candidate, running.getLast()) < 0;
    }

    private boolean wouldFitWithoutOutranked(Sequence candidate, int free) {
        int theirs = 0;
        for (Sequence sequence : running) {
            if (priority(sequence) > priority(candidate)) {
                theirs += sequence.table().size() + missingBlocks(sequence);
            }
        }
        return memory.geometry().blocksFor(candidate.length() + 1) <= free + theirs;
    }

    private static int priority(Sequence sequence) {
        return sequence.request().scheduling().priority();
    }

    private void start(Sequence sequence, PrefixMatch match) {
        memory.adopt(sequence.table(), match);
        sequence.found(match.tokens());
        insert(running, sequence);
        for (Sequence other : waiting) {
            if (isElder(other, sequence)) {
                other.wasOvertakenBy(sequence);
            }
        }
        waiting.sort(Sequence.ORDER);
        // A prompt that runs gets nothing of a step where those before it take all.
        for (Sequence other : running) {
            if (isElder(other, sequence) && !other.isDecoding() && Sequence.ORDER.compare(sequence, other) < 0) {
                other.wasOvertakenBy(sequence);
            }
        }
        running.sort(Sequence.ORDER);
    }

    private static boolean isElder(Sequence one, Sequence other) {
        return one.handle().arrival() < other.handle().arrival();
    }

    /** Blocks that those who run lack for all that is known of them and one token more. */
    private int missingBlocks() {
        return running.stream().mapToInt(this::missingBlocks).sum();
    }

    private int missingBlocks(Sequence sequence) {
        return memory.missingBlocks(new KvMemory.Growth(sequence.table(), sequence.computed(), sequence.length() + 1));
    }

    private static void insert(List<Sequence> sequences, Sequence sequence) {
        int at = sequences.size();
        while (at > 0 && Sequence.ORDER.compare(sequences.get(at - 1), sequence) > 0) {
            at--;
        }
        sequences.add(at, sequence);
    }

    /** Takes nobody in until one of those who run has ended. */
    void holdUntilOneEnds() {
        holding = !running.isEmpty();
    }

    /** Takes the blocks of the last running sequence, unless it runs alone; it will be computed again. */
    Optional<Sequence> preempt() {
        return running.size() < 2 ? Optional.empty() : Optional.of(preemptLast());
    }

    private Sequence preemptLast() {
        Sequence last = running.removeLast();
        memory.publishAll(last.table(), last.keys(), last.computed());
        memory.release(last.table());
        last.restart();
        insert(waiting, last);
        onPreempted.accept(last);
        return last;
    }

    /** Forgets a sequence and frees its blocks; what they hold may serve others. */
    void remove(Sequence sequence) {
        if (running.remove(sequence)) {
            holding = false;
        }
        waiting.remove(sequence);
        memory.publishAll(sequence.table(), sequence.keys(), sequence.computed());
        memory.release(sequence.table());
    }
}
