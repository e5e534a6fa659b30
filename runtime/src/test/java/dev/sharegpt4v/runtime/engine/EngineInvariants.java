package dev.sharegpt4v.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What holds between any two calls of an engine loop. */
final class EngineInvariants {

    private EngineInvariants() {}

    static void check(EngineLoop loop) {
        List<Sequence> running = loop.scheduler().running();
        List<Sequence> waiting = loop.scheduler().waiting();
        Map<Integer, Integer> holders = new HashMap<>();
        for (Sequence sequence : running) {
            for (int block : sequence.table().blocks()) {
                holders.merge(block, 1, Integer::sum);
            }
            assertThat(sequence.hasEnded()).isFalse();
            assertThat(sequence.computed()).isBetween(0, sequence.length() - 1);
            assertThat(sequence.table().size() * 16).isGreaterThanOrEqualTo(sequence.computed());
        }
        holders.forEach((block, count) -> assertThat(loop.memory().holders(block))
                .as("a block knows how many hold it")
                .isEqualTo(count));
        assertThat(loop.memory().usedBlocks())
                .as("every used block has an owner")
                .isEqualTo(holders.size());
        assertThat(loop.memory().cachedBlocks())
                .as("what is kept can be taken")
                .isBetween(0, loop.memory().freeBlocks());
        for (Sequence sequence : waiting) {
            assertThat(sequence.table().size()).as("who waits holds nothing").isZero();
            assertThat(sequence.computed()).isZero();
        }
        assertThat(running).as("running in order").isSortedAccordingTo(Sequence.ORDER);
        assertThat(waiting).as("waiting in order").isSortedAccordingTo(Sequence.ORDER);
        assertThat(Collections.disjoint(running, waiting))
                .as("who runs does not wait")
                .isTrue();
    }
}
