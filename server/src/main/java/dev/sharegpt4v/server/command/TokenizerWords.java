package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.server.bench.mix.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Words that a tokenizer makes one token of, also beside each other. */
final class TokenizerWords implements Words {

    private static final int MOST_ATTEMPTS = 8;

    private final Tokenizer tokenizer;
    private final List<String> words = new ArrayList<>();

    /**
     * Looks for words in the vocabulary.
     *
     * @throws IllegalArgumentException when it holds none
     */
    TokenizerWords(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            String word = tokenizer.decode(new int[] {id}).strip();
            if (word.matches("[a-z]{2,}") && tokenizer.encode(word).length == 1) {
                words.add(word);
            }
        }
        if (words.isEmpty()) {
            throw new IllegalArgumentException("the tokenizer knows no whole words to write random prompts with");
        }
    }

    /** Of exactly so many tokens, in almost every case: where words fuse, others are tried. */
    @Override
    public String ofTokens(int tokens, RandomGenerator random) {
        String text = "";
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            List<String> picked = new ArrayList<>();
            for (int i = 0; i < tokens; i++) {
                picked.add(words.get(random.nextInt(words.size())));
            }
            text = String.join(" ", picked);
            if (tokenizer.encode(text).length == tokens) {
                return text;
            }
        }
        return text;
    }
}
