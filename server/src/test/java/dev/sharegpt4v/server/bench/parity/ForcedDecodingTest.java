package dev.sharegpt4v.server.bench.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.engine.ImageSpan;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The scripted executor fails where a step would read a slot that was not written, or the wrong row of an image. */
final class ForcedDecodingTest {

    private static final int VOCABULARY = 50;
    private static final int TOKENS = 5;

    private static final List<Prompt> PROMPTS = List.of(
            new Prompt(IntStream.range(1, 38).toArray(), List.of()),
            new Prompt(withImage(), List.of(new ImageSpan(3, ScriptedEncoder.image(1, 20)))),
            new Prompt(new int[] {4}, List.of()));

    private final ScriptedExecutor executor = new ScriptedExecutor(
            ScriptedExecutor.shape(VOCABULARY, 256),
            new KvGeometry(ForcedDecoding.blocks(PROMPTS, TOKENS, 16), 16),
            (prefix, size) -> (int) Math.floorMod(Arrays.hashCode(prefix), (long) size),
            () -> {});

    private final ForcedDecoding decoding =
            new ForcedDecoding(executor, new ScriptedEncoder(1, executor.shape().hiddenSize(), () -> {}), 8);

    private static int[] withImage() {
        int[] tokens = new int[30];
        Arrays.fill(tokens, 9);
        Arrays.fill(tokens, 3, 23, Prompt.IMAGE_PLACEHOLDER);
        return tokens;
    }

    private static List<int[]> tokens(List<Continued> answers) {
        return answers.stream().map(Continued::tokens).toList();
    }

    @Test
    void whatTheModelFindsBestFollows() {
        List<Continued> answers = decoding.greedy(PROMPTS, TOKENS);
        assertThat(answers).hasSize(PROMPTS.size()).allSatisfy(answer -> {
            assertThat(answer.tokens()).hasSize(TOKENS);
            assertThat(answer.logits()).hasSize(TOKENS + 1);
            for (int i = 0; i < TOKENS; i++) {
                assertThat(ForcedDecoding.best(answer.logits().get(i), VOCABULARY))
                        .isEqualTo(answer.tokens()[i]);
            }
        });
        assertThat(answers.get(1).features()).hasSize(1);
    }

    @Test
    void forcedTokensGiveTheLogitsOfTheirPrefix() {
        List<Continued> greedy = decoding.greedy(PROMPTS, TOKENS);
        List<Continued> forced = decoding.forced(PROMPTS, tokens(greedy));
        assertThat(Parity.isEqual(greedy, forced)).isTrue();
        List<int[]> others = greedy.stream()
                .map(answer -> Arrays.stream(answer.tokens())
                        .map(token -> (token + 1) % VOCABULARY)
                        .toArray())
                .toList();
        assertThat(Parity.isEqual(greedy, decoding.forced(PROMPTS, others))).isFalse();
    }

    @Test
    void promptsAreCutAndRunBesideThoseThatDecode() {
        decoding.greedy(PROMPTS, TOKENS);
        List<ForwardStep> steps = executor.steps();
        assertThat(steps)
                .allSatisfy(step -> assertThat(step.slices().stream().filter(slice -> slice.tokens().length > 1))
                        .hasSizeLessThanOrEqualTo(1)
                        .allSatisfy(slice -> assertThat(slice.tokens()).hasSizeLessThanOrEqualTo(8)));
        assertThat(steps).anySatisfy(step -> assertThat(step.slices()).hasSizeGreaterThan(1));
    }
}
