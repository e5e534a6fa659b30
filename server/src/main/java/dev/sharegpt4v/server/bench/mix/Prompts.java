package dev.sharegpt4v.server.bench.mix;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Where the words of requests come from. */
public sealed interface Prompts {

    /**
     * A prompt.
     *
     * @param text the words
     * @param tokens of the answer, where the prompt says
     * @param pictures where the prompt brings its own
     */
    record Prompt(String text, OptionalInt tokens, Optional<List<byte[]>> pictures) {

        public static Prompt of(String text) {
            return new Prompt(text, OptionalInt.empty(), Optional.empty());
        }
    }

    /** The prompt of a request. */
    Prompt of(int request, RandomGenerator random);

    /** The same for all. */
    record Same(String text) implements Prompts {
        @Override
        public Prompt of(int request, RandomGenerator random) {
            return Prompt.of(text);
        }
    }

    /**
     * Given ones in turn.
     *
     * @param prompts at least one
     */
    record Listed(List<Prompt> prompts) implements Prompts {

        public Listed {
            prompts = List.copyOf(prompts);
        }

        @Override
        public Prompt of(int request, RandomGenerator random) {
            return prompts.get(request % prompts.size());
        }
    }

    /**
     * Random words.
     *
     * @param lengths in tokens
     * @param words that are written
     */
    record Random(Weighted<Range> lengths, Words words) implements Prompts {
        @Override
        public Prompt of(int request, RandomGenerator random) {
            return Prompt.of(words.ofTokens(Math.max(1, lengths.pick(random).pick(random)), random));
        }
    }
}
