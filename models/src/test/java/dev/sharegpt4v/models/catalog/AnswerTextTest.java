package dev.sharegpt4v.models.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.Generation;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.Timings;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.runtime.sampling.TokenLogprobs;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class AnswerTextTest {

    private static final int END = 2;
    private static final Tokenizer TOKENIZER = Tokenizers.demo();

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    /** Events that were there beforehand. */
    private static final class Recorded implements Generation {
        private final Deque<GenerationEvent> events = new ArrayDeque<>();
        private boolean cancelled;

        static Recorded of(String text) {
            Recorded recorded = new Recorded();
            Arrays.stream(TOKENIZER.encode(text))
                    .forEach(id -> recorded.events.add(new GenerationEvent.Token(id, Optional.empty())));
            return recorded;
        }

        Recorded then(GenerationEvent event) {
            events.add(event);
            return this;
        }

        Recorded finished() {
            return then(
                    new GenerationEvent.Finished(FinishReason.LENGTH, new Usage(1, 0, 0, 1), new Timings(0, 0, 0, 0)));
        }

        @Override
        public String id() {
            return "recorded";
        }

        @Override
        public GenerationEvent next() {
            return events.remove();
        }

        @Override
        public Optional<GenerationEvent> poll() {
            return Optional.ofNullable(events.poll());
        }

        @Override
        public int cachedTokens() {
            return 0;
        }

        @Override
        public List<Optional<TokenLogprobs>> promptLogprobs() {
            return List.of();
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void close() {
            cancel();
        }
    }

    private static String read(Generation generation, String... stops) throws InterruptedException {
        return new AnswerText(TOKENIZER, List.of(stops), List.of(END)).read(generation);
    }

    @Test
    void anAnswerIsItsTokensWords() throws InterruptedException {
        assertThat(read(Recorded.of("a red circle").finished())).isEqualTo("a red circle");
    }

    @Test
    void theEndTokenIsNoText() throws InterruptedException {
        Recorded recorded = Recorded.of("a red circle")
                .then(new GenerationEvent.Token(END, Optional.empty()))
                .finished();
        assertThat(read(recorded)).isEqualTo("a red circle");
    }

    @Test
    void aStopStringEndsTheAnswerAndTheGeneration() throws InterruptedException {
        Recorded recorded = Recorded.of("a red circle left of a square").finished();
        assertThat(read(recorded, " left")).isEqualTo("a red circle");
        assertThat(recorded.cancelled).isTrue();
    }

    @Test
    void whatOnlyBeginsAStopStringIsText() throws InterruptedException {
        assertThat(read(Recorded.of("a red circle").finished(), "circle left")).isEqualTo("a red circle");
    }

    @Test
    void aFailureOfTheEngineIsThrown() {
        EngineException cause = new EngineException.ShuttingDown("closed");
        Recorded recorded = Recorded.of("a red").then(new GenerationEvent.Failed(cause));
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> read(recorded))
                .isSameAs(cause);
    }
}
