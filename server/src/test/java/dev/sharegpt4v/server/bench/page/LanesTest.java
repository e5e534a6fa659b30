package dev.sharegpt4v.server.bench.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LanesTest {

    @Test
    void spansThatDoNotOverlapShareTheFirstRow() {
        assertThat(Lanes.rows(List.of(new long[] {0, 5}, new long[] {5, 7}, new long[] {9, 10})))
                .containsExactly(0, 0, 0);
    }

    @Test
    void theEarliestFreeRowIsTaken() {
        assertThat(Lanes.rows(List.of(new long[] {0, 9}, new long[] {1, 3}, new long[] {2, 8}, new long[] {4, 6})))
                .containsExactly(0, 1, 2, 1);
        assertThat(Lanes.rows(List.of())).isEmpty();
    }

    @Test
    void noRowHoldsTwoAtOneTimeAndNoneIsWasted() {
        Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            List<long[]> spans = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                long begin = random.nextInt(100);
                spans.add(new long[] {begin, begin + 1 + random.nextInt(30)});
            }
            spans.sort(Comparator.comparingLong(span -> span[0]));
            int[] rows = Lanes.rows(spans);
            int most = 0;
            for (int i = 0; i < rows.length; i++) {
                most = Math.max(most, rows[i] + 1);
                for (int j = 0; j < i; j++) {
                    assertThat(rows[i] == rows[j] && spans.get(j)[1] > spans.get(i)[0])
                            .isFalse();
                }
            }
            assertThat(most).as("as many rows as run at once").isEqualTo(atOnce(spans));
        }
    }

    private static int atOnce(List<long[]> spans) {
        int most = 0;
        for (long[] span : spans) {
            most = Math.max(most, (int) spans.stream()
                    .filter(other -> other[0] <= span[0] && other[1] > span[0])
                    .count());
        }
        return most;
    }
}
