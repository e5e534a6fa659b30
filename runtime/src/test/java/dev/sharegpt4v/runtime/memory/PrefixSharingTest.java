package dev.sharegpt4v.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.memory.KvMemory.Growth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that sequences share. A shadow of every slot tells whether a block really holds what a sequence reads in it. */
final class PrefixSharingTest {

    private static final int BLOCK = 16;

    private final KvMemory memory = new KvMemory(new KvGeometry(12, BLOCK), true);

    @Test
    void aSequenceThatBeginsAlikeSharesWholeBlocksAndCopiesTheOneWhereItParts() {
        Life first = new Life(memory, "", 1, 40, 100);
        first.begin();
        first.write(100);
        Life second = new Life(memory, "", 1, 40, 200);
        assertThat(second.begin()).isEqualTo(40);
        assertThat(second.table.blocks())
                .startsWith(first.table.blocks()[0], first.table.blocks()[1]);

        List<BlockCopy> copies = second.write(50);
        assertThat(copies).hasSize(1);
        assertThat(copies.getFirst().from()).isEqualTo(first.table.blocks()[2]);
        assertThat(second.table.blocks()[2]).isNotEqualTo(first.table.blocks()[2]);
    }

    @Test
    void whatEndedIsFoundUntilItsBlocksAreNeeded() {
        Life first = new Life(memory, "", 1, 100, 1);
        first.begin();
        first.write(70);
        first.end();
        assertThat(memory.usedBlocks()).isZero();
        assertThat(memory.cachedBlocks()).isEqualTo(5);
        assertThat(new Life(memory, "", 1, 100, 2).covered()).isEqualTo(70);

        Life other = new Life(memory, "", 2, 300, 1);
        other.begin();
        other.write(160);
        assertThat(new Life(memory, "", 1, 100, 2).covered())
                .as("the end of it went first")
                .isEqualTo(32);
    }

    @Test
    void anotherSaltFindsNothing() {
        Life first = new Life(memory, "tenant", 1, 100, 1);
        first.begin();
        first.write(70);
        assertThat(new Life(memory, "other", 1, 100, 1).covered()).isZero();
        assertThat(new Life(memory, "", 1, 100, 1).covered()).isZero();
        assertThat(new Life(memory, "tenant", 1, 100, 1).covered()).isEqualTo(64);
    }

    @Test
    void imagesAreToldApartByTheirHashAndRow() {
        PrefixKeys one = new PrefixKeys("", BLOCK, 8);
        PrefixKeys two = new PrefixKeys("", BLOCK, 8);
        PrefixKeys same = new PrefixKeys("", BLOCK, 8);
        for (int row = 0; row < BLOCK; row++) {
            one.add(new ContentHash(1, 2), row);
            two.add(new ContentHash(1, 3), row);
            same.add(new ContentHash(1, 2), row);
        }
        assertThat(one.chain(1)).isEqualTo(same.chain(1)).isNotEqualTo(two.chain(1));
        assertThat(Arrays.stream(one.range(0, BLOCK)).distinct().count()).isEqualTo(BLOCK);
    }

    @Test
    void whatIsDistrustedIsNotFound() {
        Life first = new Life(memory, "", 1, 100, 1);
        first.begin();
        first.write(70);
        memory.distrust(first.table);
        assertThat(new Life(memory, "", 1, 100, 1).covered()).isZero();
        first.end();
        assertThat(memory.usedBlocks()).isZero();
    }

    @Test
    void withoutCachingNothingIsKept() {
        KvMemory forgetful = new KvMemory(new KvGeometry(12, BLOCK), false);
        Life first = new Life(forgetful, "", 1, 100, 1);
        first.begin();
        first.write(70);
        first.end();
        assertThat(forgetful.cachedBlocks()).isZero();
        assertThat(new Life(forgetful, "", 1, 100, 1).covered()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void randomLivesReadWhatTheyWroteWhateverIsSharedAndEvicted(int seed) {
        Random random = new Random(seed);
        KvMemory small = new KvMemory(new KvGeometry(10 + random.nextInt(30), BLOCK), true);
        List<Life> lives = new ArrayList<>();
        Shadow shadow = new Shadow(small.totalBlocks());
        int found = 0;
        for (int event = 0; event < 20_000; event++) {
            if (lives.isEmpty() || random.nextInt(6) == 0) {
                Life life = new Life(
                        small,
                        random.nextInt(8) == 0 ? "salt" : "",
                        random.nextInt(4),
                        random.nextInt(60),
                        random.nextInt(5));
                life.shadow = shadow;
                found += life.begin();
                lives.add(life);
            }
            Life life = lives.get(random.nextInt(lives.size()));
            if (random.nextInt(8) == 0) {
                life.end();
                lives.remove(life);
            } else {
                life.tryWrite(1 + random.nextInt(20), random.nextInt(5) == 0);
            }
            lives.forEach(Life::requireOwnContent);
            int[] holders = new int[small.totalBlocks()];
            lives.forEach(each -> Arrays.stream(each.table.blocks()).forEach(block -> holders[block]++));
            for (int block = 0; block < holders.length; block++) {
                assertThat(small.holders(block)).isEqualTo(holders[block]);
            }
        }
        assertThat(found).isPositive();
        lives.forEach(Life::end);
        assertThat(small.usedBlocks()).isZero();
        assertThat(small.freeBlocks()).isEqualTo(small.totalBlocks());
    }

    /** What each slot holds, as a device would. */
    private static final class Shadow {
        final long[] slots;

        Shadow(int blocks) {
            slots = new long[blocks * BLOCK];
        }
    }

    /** A sequence of which a beginning is common to all of its kind. */
    private static final class Life {
        final KvMemory memory;
        final BlockTable table = new BlockTable();
        final PrefixKeys keys;
        final long[] expected = new long[400];
        Shadow shadow;
        int computed;

        Life(KvMemory memory, String salt, int kind, int common, int own) {
            this.memory = memory;
            this.shadow = new Shadow(memory.totalBlocks());
            this.keys = new PrefixKeys(salt, BLOCK, 400);
            for (int i = 0; i < expected.length; i++) {
                int token = i < common ? kind * 1000 + i : own * 100_000 + i;
                expected[i] = token + 31L * salt.hashCode();
                keys.add(token);
            }
        }

        int covered() {
            return memory.find(keys, 399).tokens();
        }

        int begin() {
            PrefixMatch match = memory.find(keys, 399);
            memory.adopt(table, match);
            computed = match.tokens();
            return computed;
        }

        List<BlockCopy> write(int to) {
            try (KvReservation reservation =
                    memory.reserve(List.of(new Growth(table, computed, to))).orElseThrow()) {
                return write(reservation, to);
            }
        }

        void tryWrite(int tokens, boolean fail) {
            int to = Math.min(399, computed + tokens);
            Optional<KvReservation> reserved = memory.reserve(List.of(new Growth(table, computed, to)));
            if (reserved.isEmpty() || computed == to) {
                reserved.ifPresent(KvReservation::close);
                return;
            }
            try (KvReservation reservation = reserved.get()) {
                if (!fail) {
                    write(reservation, to);
                }
            }
        }

        private List<BlockCopy> write(KvReservation reservation, int to) {
            List<BlockCopy> copies = reservation.copies();
            for (BlockCopy copy : copies) {
                System.arraycopy(shadow.slots, copy.from() * BLOCK, shadow.slots, copy.to() * BLOCK, BLOCK);
            }
            int[] blocks = reservation.blocks(0);
            for (int i = computed; i < to; i++) {
                shadow.slots[blocks[i / BLOCK] * BLOCK + i % BLOCK] = expected[i];
            }
            reservation.commit();
            computed = to;
            memory.publish(table, keys, computed);
            return copies;
        }

        void requireOwnContent() {
            int[] blocks = table.blocks();
            for (int i = 0; i < computed; i++) {
                if (shadow.slots[blocks[i / BLOCK] * BLOCK + i % BLOCK] != expected[i]) {
                    throw new AssertionError("position " + i + " holds something else");
                }
            }
        }

        void end() {
            memory.publishAll(table, keys, computed);
            memory.release(table);
            computed = 0;
        }
    }
}
