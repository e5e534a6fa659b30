package dev.sharegpt4v.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.memory.KvMemory.Growth;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KvMemoryTest {

    private final KvMemory memory = new KvMemory(new KvGeometry(10, 16), true);
    private final BlockTable first = new BlockTable();
    private final BlockTable second = new BlockTable();

    @Test
    void growthIsTrueOnlyAfterTheCommit() {
        try (KvReservation reservation = reserve(new Growth(first, 0, 33))) {
            assertThat(reservation.blocks(0)).hasSize(3).doesNotHaveDuplicates();
            assertThat(first.size()).isZero();
            assertThat(memory.usedBlocks()).isEqualTo(3);
            reservation.commit();
        }
        assertThat(first.size()).isEqualTo(3);
        assertThat(memory.usedBlocks()).isEqualTo(3);
    }

    @Test
    void closingWithoutACommitGivesEverythingBack() {
        commit(new Growth(first, 0, 20));
        int[] before = first.blocks();
        try (KvReservation reservation = reserve(new Growth(first, 0, 100), new Growth(second, 0, 10))) {
            assertThat(reservation.blocks(0)).hasSize(7).startsWith(before);
        }
        assertThat(first.blocks()).isEqualTo(before);
        assertThat(memory.usedBlocks()).isEqualTo(2);
    }

    @Test
    void aPlanThatDoesNotFitTakesNothing() {
        commit(new Growth(first, 0, 100));
        assertThat(memory.reserve(List.of(new Growth(second, 0, 32), new Growth(new BlockTable(), 0, 32))))
                .isEmpty();
        assertThat(memory.usedBlocks()).isEqualTo(7);
    }

    @Test
    void growthWithinABlockNeedsNone() {
        commit(new Growth(first, 0, 20));
        commit(new Growth(first, 0, 32));
        assertThat(first.size()).isEqualTo(2);
    }

    @Test
    void whatFitsNowAndWhatFitsEverDiffer() {
        commit(new Growth(first, 0, 100));
        assertThat(memory.missingBlocks(new Growth(second, 0, 49))).isEqualTo(4).isGreaterThan(memory.freeBlocks());
        assertThat(memory.missingBlocks(new Growth(first, 0, 120))).isEqualTo(1);
        assertThat(memory.canEverFit(160)).isTrue();
        assertThat(memory.canEverFit(161)).isFalse();
    }

    @Test
    void aReservationEndsOnce() {
        KvReservation reservation = reserve(new Growth(first, 0, 20));
        reservation.commit();
        assertThatIllegalStateException().isThrownBy(reservation::commit);
    }

    @Test
    void randomGrowthAndReleaseNeverSharesOrLosesABlock() {
        Random random = new Random(5);
        List<BlockTable> tables = List.of(new BlockTable(), new BlockTable(), new BlockTable(), new BlockTable());
        for (int i = 0; i < 20_000; i++) {
            BlockTable table = tables.get(random.nextInt(4));
            if (random.nextInt(5) == 0) {
                memory.release(table);
            } else {
                Optional<KvReservation> grown = memory.reserve(List.of(new Growth(table, 0, random.nextInt(120))));
                if (grown.isPresent() && random.nextInt(3) > 0) {
                    grown.get().commit();
                } else {
                    grown.ifPresent(KvReservation::close);
                }
            }
            Set<Integer> held = new HashSet<>();
            int blocks = 0;
            for (BlockTable each : tables) {
                for (int block : each.blocks()) {
                    held.add(block);
                    blocks++;
                }
            }
            assertThat(held).hasSize(blocks);
            assertThat(memory.usedBlocks()).isEqualTo(blocks);
        }
    }

    private KvReservation reserve(Growth... growths) {
        return memory.reserve(List.of(growths)).orElseThrow();
    }

    private void commit(Growth... growths) {
        try (KvReservation reservation = reserve(growths)) {
            reservation.commit();
        }
    }
}
