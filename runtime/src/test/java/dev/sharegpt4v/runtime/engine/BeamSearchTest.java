package dev.sharegpt4v.runtime.engine;

import static dev.sharegpt4v.runtime.engine.EngineRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.sharegpt4v.runtime.execution.ForwardStep;
import dev.sharegpt4v.runtime.execution.ImageInput;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import dev.sharegpt4v.runtime.testing.Continuation;
import dev.sharegpt4v.runtime.testing.ScriptedEncoder;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beam search over the engine, against one that asks the scripted model directly. */
@Timeout(60) // Only to end a hang.
final class BeamSearchTest {

    private static final int VOCABULARY = 24;

    private final ScriptedExecutor executor = new ScriptedExecutor(
            ScriptedExecutor.shape(VOCABULARY, 256), new KvGeometry(64, 16), Continuation.HASHED, () -> {});
    private final Engine engine = Engine.start(
            executor, new ScriptedEncoder(4, 4, () -> {}), new EngineOptions(8, 20, 64), EngineListener.NONE);

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @CsvSource({"1,1.0,false", "2,1.0,false", "4,1.0,false", "4,0.0,false", "4,2.0,true", "3,1.0,true"})
    void itFindsWhatAPlainSearchFinds(int width, double lengthPenalty, boolean early) throws InterruptedException {
        for (int seed = 0; seed < 4; seed++) {
            Prompt prompt = words(seed, 9 + 5 * seed);
            BeamOptions options = new BeamOptions(width, lengthPenalty, early);
            List<Beam> found = new BeamSearch(engine, request(prompt, 12), options).run();
            List<Beam> expected = naive(prompt, 12, options);

            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(found.get(i).tokens()).isEqualTo(expected.get(i).tokens());
                assertThat(found.get(i).reason()).isEqualTo(expected.get(i).reason());
                assertThat(found.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-4));
            }
        }
    }

    @Test
    void beamsComputeWhatTheyShareOnce() throws InterruptedException {
        ImageInput image = ScriptedEncoder.image(3, 50);
        Prompt prompt = EngineCacheTest.question(image, 0);
        int[] small = prompt.tokens().clone();
        for (int i = 0; i < small.length; i++) {
            small[i] = small[i] < 0 ? small[i] : 3 + small[i] % 20;
        }
        new BeamSearch(engine, request(new Prompt(small, prompt.images()), 10), new BeamOptions(4, 1, false)).run();

        int run = executor.steps().stream().mapToInt(ForwardStep::tokens).sum();
        assertThat(run).as("the prompt, and a token for each beam and length").isLessThan(small.length + 10 * 4 + 8);
        assertThat(engine.snapshot().usedBlocks()).isZero();
    }

    @Test
    void aCancelledSearchEnds() {
        BeamSearch search = new BeamSearch(engine, request(text(1, 5), 10), new BeamOptions(2, 1, false));
        search.cancel();
        assertThatExceptionOfType(CancellationException.class).isThrownBy(search::run);
    }

    private static Prompt words(int seed, int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = 3 + Math.floorMod(seed * 31 + i * 17, VOCABULARY - 3);
        }
        return new Prompt(tokens, List.of());
    }

    private static GenerationRequest request(Prompt prompt, int maxTokens) {
        return EngineRig.request(prompt, maxTokens);
    }

    private record State(List<Integer> tokens, double logprob) {}

    private List<Beam> naive(Prompt prompt, int maxTokens, BeamOptions options) {
        List<State> beams = List.of(new State(List.of(), 0));
        List<Beam> ended = new ArrayList<>();
        for (int length = 1; length <= maxTokens && !beams.isEmpty(); length++) {
            List<State> grown = new ArrayList<>();
            for (State beam : beams) {
                float[] logits = logits(prompt, beam.tokens());
                List<Integer> order = new ArrayList<>();
                for (int id = 0; id < VOCABULARY; id++) {
                    order.add(id);
                }
                order.sort(
                        Comparator.comparingDouble((Integer id) -> -logits[id]).thenComparing(id -> id));
                for (int id : order.subList(0, 2 * options.width())) {
                    List<Integer> longer = new ArrayList<>(beam.tokens());
                    longer.add(id);
                    double logprob = beam.logprob()
                            + TokenLogprobs.of(logits, VOCABULARY, id, 0).logprob();
                    if (EngineRig.END.contains(id)) {
                        double score = logprob / Math.pow(Math.max(1, length - 1), options.lengthPenalty());
                        ended.add(new Beam(longer, logprob, score, FinishReason.STOP));
                    } else {
                        grown.add(new State(longer, logprob));
                    }
                }
            }
            grown.sort(Comparator.comparingDouble((State state) -> -state.logprob()));
            beams = options.earlyStopping() && ended.size() >= options.width()
                    ? List.of()
                    : grown.subList(0, Math.min(options.width(), grown.size()));
        }
        for (State beam : beams) {
            double score = beam.logprob() / Math.pow(beam.tokens().size(), options.lengthPenalty());
            ended.add(new Beam(beam.tokens(), beam.logprob(), score, FinishReason.LENGTH));
        }
        ended.sort(Comparator.comparingDouble((Beam beam) -> -beam.score()));
        return ended.subList(0, Math.min(options.width(), ended.size()));
    }

    private static float[] logits(Prompt prompt, List<Integer> said) {
        long[] prefix = new long[prompt.length() + said.size()];
        for (int i = 0; i < prompt.length(); i++) {
            prefix[i] = prompt.tokens()[i];
        }
        for (int i = 0; i < said.size(); i++) {
            prefix[prompt.length() + i] = said.get(i);
        }
        return ScriptedExecutor.row(Continuation.HASHED.next(prefix, VOCABULARY), VOCABULARY);
    }
}
