package dev.sharegpt4v.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PackedStepTest {

    private static final KvGeometry GEOMETRY = new KvGeometry(50, 16);
    private static final ImageFeatures IMAGE = new ImageFeatures(new ContentHash(1, 1), new float[12], 3);

    private static final ForwardStep STEP = new ForwardStep(List.of(
            new SequenceSlice(
                    new int[] {5, -1, -1, 6},
                    15,
                    new int[] {9, 3, 0},
                    List.of(new FeatureSpan(1, IMAGE, 1, 2)),
                    new int[] {0, 3}),
            new SequenceSlice(new int[] {8}, 40, new int[] {1, 2, 4}, List.of(), new int[0])));

    @Test
    void slicesStandOneAfterTheOther() {
        PackedStep packed = PackedStep.of(STEP, GEOMETRY, PackedStep.Sizes.of(STEP, GEOMETRY));
        assertThat(packed.inputIds()).containsExactly(5, 0, 0, 6, 8);
        assertThat(packed.imagePositions()).containsExactly(1, 2);
        assertThat(packed.logitRows()).containsExactly(0, 3);
        assertThat(packed.cumulative()).containsExactly(0, 4, 5);
        assertThat(packed.past()).containsExactly(15, 40);
        assertThat(packed.columns()).isEqualTo(3);
        assertThat(packed.blockTable()).containsExactly(9, 3, 0, 1, 2, 4);
        assertThat(packed.slots()).containsExactly(9 * 16 + 15, 3 * 16, 3 * 16 + 1, 3 * 16 + 2, 4 * 16 + 8);
        assertThat(packed.longestSlice()).isEqualTo(4);
        assertThat(packed.longestContext()).isEqualTo(41);
    }

    @Test
    void paddingIsRowsOfOneTokenThatWriteNothingAndThenTokensOfNoRow() {
        PackedStep packed = PackedStep.of(STEP, GEOMETRY, new PackedStep.Sizes(8, 4, 5, 3));
        assertThat(packed.inputIds()).containsExactly(5, 0, 0, 6, 8, 0, 0, 0);
        assertThat(packed.cumulative()).containsExactly(0, 4, 5, 6, 7);
        assertThat(packed.past()).containsExactly(15, 40, 0, 0);
        assertThat(packed.blockTable()).containsExactly(9, 3, 0, 0, 0, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(packed.slots()).endsWith(4 * 16 + 8, -1, -1, -1);
        assertThat(packed.logitRows()).containsExactly(0, 3, 3);
    }

    @Test
    void logitsThatNobodyAskedForAreThoseOfTheFirstToken() {
        ForwardStep chunk =
                new ForwardStep(List.of(new SequenceSlice(new int[] {5, 6}, 0, new int[1], List.of(), new int[0])));
        assertThat(PackedStep.of(chunk, GEOMETRY, new PackedStep.Sizes(2, 1, 1, 1))
                        .logitRows())
                .containsExactly(0);
    }
}
