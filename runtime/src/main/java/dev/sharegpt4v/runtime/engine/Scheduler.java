package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.memory.KvMemory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Who runs: the waiting and the running sequences, both in order of arrival, and the next step's plan. */
final class Scheduler {

    /** A request that waits for room lets this many later ones go first, then nobody. */
    private static final int MOST_BYPASSES = 32;

    private final EngineOptions options;
    private final KvMemory memory;
    private final List<Sequence> waiting = new ArrayList<>();
    private final List<Sequence> running = new ArrayList<>();
    private boolean holding;

    Scheduler(EngineOptions options, KvMemory memory) {
        this.options = options;
        this.memory = memory;
    }

    List<Sequence> running() {
        return running;
    }

    List<Sequence> waiting() {
        return waiting;
    }

    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    /** Plans a step, taking in waiting sequences for which there is room. */
    StepPlan plan() {
        admit();
        boolean[] decoding = new boolean[running.size()];
        int[] runnable = new int[running.size()];
        for (int i = 0; i < runnable.length; i++) {
            decoding[i] = running.get(i).isDecoding();
            runnable[i] = running.get(i).runnable();
        }
        int[] shares = DecodeFirstPolicy.share(decoding, runnable, options.maxStepTokens());
        List<StepPlan.Part> parts = new ArrayList<>();
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0) {
                parts.add(new StepPlan.Part(running.get(i), shares[i]));
            }
        }
        return new StepPlan(parts);
    }

    /**
     * Takes in sequences that can start: their first tokens can run, and all that is known of them fits beside the next
     * needs of those who run. Else who stepped back for an elder would take its blocks away again.
     */
    private void admit() {
        if (holding) {
            return;
        }
        int free = memory.freeBlocks()
                - running.stream().mapToInt(this::missingBlocks).sum();
        boolean someoneWaitsForRoom = false;
        Iterator<Sequence> candidates = waiting.iterator();
        List<Sequence> admitted = new ArrayList<>();
        while (candidates.hasNext() && running.size() + admitted.size() < options.maxRunning()) {
            Sequence candidate = candidates.next();
            if (candidate.runnable() == 0) {
                continue;
            }
            int needed = missingBlocks(candidate);
            if (needed > free) {
                candidate.wasBypassed();
                if (candidate.bypassed() > MOST_BYPASSES) {
                    break;
                }
                someoneWaitsForRoom = true;
                continue;
            }
            if (someoneWaitsForRoom && admitted.size() > 0) {
                break;
            }
            candidates.remove();
            admitted.add(candidate);
            free -= needed;
        }
        admitted.forEach(this::insertByArrival);
    }

    /** Blocks that a sequence lacks for all that is known of it and one token more. */
    private int missingBlocks(Sequence sequence) {
        return memory.missingBlocks(sequence.table(), sequence.length() + 1);
    }

    private void insertByArrival(Sequence sequence) {
        int at = running.size();
        while (at > 0
                && running.get(at - 1).handle().arrival() > sequence.handle().arrival()) {
            at--;
        }
        running.add(at, sequence);
    }

    /** Takes nobody in until one of those who run has ended. */
    void holdUntilOneEnds() {
        holding = !running.isEmpty();
    }

    /** Takes the blocks of the youngest running sequence other than the eldest; it will be computed again. */
    Optional<Sequence> preemptYoungest() {
        if (running.size() < 2) {
            return Optional.empty();
        }
        Sequence youngest = running.removeLast();
        memory.release(youngest.table());
        youngest.restart();
        int at = 0;
        while (at < waiting.size()
                && waiting.get(at).handle().arrival() < youngest.handle().arrival()) {
            at++;
        }
        waiting.add(at, youngest);
        return Optional.of(youngest);
    }

    /** Forgets a sequence and frees its blocks. */
    void remove(Sequence sequence) {
        if (running.remove(sequence)) {
            holding = false;
        }
        waiting.remove(sequence);
        memory.release(sequence.table());
    }
}
