package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What holds between any two calls of an engine loop. */
final class EngineInvariants {

    private EngineInvariants() {}

    static void check(EngineLoop loop) {
        List<Sequence> running = loop.scheduler().running();
        List<Sequence> waiting = loop.scheduler().waiting();
        Set<Integer> held = new HashSet<>();
        int blocks = 0;
        for (Sequence sequence : running) {
            for (int block : sequence.table().blocks()) {
                held.add(block);
                blocks++;
            }
            assertThat(sequence.hasEnded()).isFalse();
            assertThat(sequence.computed()).isBetween(0, sequence.length() - 1);
            assertThat(sequence.table().size() * 16).isGreaterThanOrEqualTo(sequence.computed());
        }
        assertThat(held).as("no block has two owners").hasSize(blocks);
        assertThat(loop.memory().usedBlocks())
                .as("every used block has an owner")
                .isEqualTo(blocks);
        for (Sequence sequence : waiting) {
            assertThat(sequence.table().size()).as("who waits holds nothing").isZero();
            assertThat(sequence.computed()).isZero();
        }
        assertThat(arrivals(running)).as("running by arrival").isSorted();
        assertThat(arrivals(waiting)).as("waiting by arrival").isSorted();
        assertThat(Collections.disjoint(running, waiting))
                .as("who runs does not wait")
                .isTrue();
    }

    private static List<Long> arrivals(List<Sequence> sequences) {
        List<Long> arrivals = new ArrayList<>();
        sequences.forEach(sequence -> arrivals.add(sequence.handle().arrival()));
        return arrivals;
    }
}
