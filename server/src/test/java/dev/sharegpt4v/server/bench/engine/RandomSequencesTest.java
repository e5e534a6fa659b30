package dev.sharegpt4v.server.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sharegpt4v.runtime.execution.BlockCopy;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.execution.SequenceSlice;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RandomSequencesTest {

    private static final ModelShape SHAPE = ScriptedExecutor.shape(50, 256);
    private static final KvGeometry GEOMETRY = new KvGeometry(8, 16);

    private static RandomSequences of(int count, int length) {
        return new RandomSequences(count, length, SHAPE, GEOMETRY, 7);
    }

    /** Steps as text: each slice is its first position, its length, and whether it asks for logits. */
    private static List<String> shapes(List<ForwardStep> steps) {
        return steps.stream()
                .map(step -> step.slices().stream()
                        .map(slice -> slice.firstPosition() + "+" + slice.tokens().length
                                + (slice.logitRows().length == 0 ? "" : "!"))
                        .toList()
                        .toString())
                .toList();
    }

    @Test
    void aLongPrefillIsCutIntoSteps() {
        assertThat(shapes(of(1, 20).prefill(0, 20, 8))).containsExactly("[0+8]", "[8+8]", "[16+4!]");
    }

    @Test
    void shortPrefillsShareAStep() {
        assertThat(shapes(of(3, 5).prefill(0, 5, 8))).containsExactly("[0+5!, 0+3]", "[3+2!, 0+5!]");
    }

    @Test
    void aPrefillMayStartBehindAContext() {
        assertThat(shapes(of(1, 20).prefill(16, 20, 8))).containsExactly("[16+4!]");
        assertThat(of(1, 20).prefill(4, 4, 8)).isEmpty();
    }

    @Test
    void aContextIsComputedOnceAndCopied() {
        List<ForwardStep> steps = of(3, 20).context(17, 8);
        assertThat(shapes(steps)).containsExactly("[0+8]", "[8+8]", "[16+1]", "[16+1!, 16+1!, 16+1!]");
        assertThat(steps.getLast().copies())
                .containsExactly(new BlockCopy(0, 2), new BlockCopy(1, 3), new BlockCopy(0, 4), new BlockCopy(1, 5));
        assertThat(of(3, 20).context(0, 8)).isEmpty();
    }

    @Test
    void aDecodeStepHoldsOneTokenOfEachSequence() {
        assertThat(shapes(List.of(of(3, 20).decode(9)))).containsExactly("[9+1!, 9+1!, 9+1!]");
    }

    @Test
    void everySequenceHasBlocksAndTokensOfItsOwn() {
        List<SequenceSlice> slices = of(4, 20).decode(19).slices();
        assertThat(slices.stream().flatMapToInt(slice -> Arrays.stream(slice.blocks())))
                .hasSize(8)
                .doesNotHaveDuplicates();
        List<SequenceSlice> prompts = of(2, 20).prefill(0, 20, 40).getFirst().slices();
        assertThat(prompts.getFirst().tokens())
                .isNotEqualTo(prompts.getLast().tokens())
                .satisfies(tokens -> assertThat(IntStream.of(tokens)).allMatch(id -> id >= 0 && id < 50));
    }

    @Test
    void equalSeedsGiveEqualTokens() {
        assertThat(of(1, 20).prefill(0, 20, 20).getFirst().slices().getFirst().tokens())
                .isEqualTo(of(1, 20)
                        .prefill(0, 20, 20)
                        .getFirst()
                        .slices()
                        .getFirst()
                        .tokens());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThat(RandomSequences.blocks(3, 33, 16)).isEqualTo(9);
        assertThatIllegalArgumentException().isThrownBy(() -> of(3, 33)).withMessageContaining("do not fit");
    }
}
