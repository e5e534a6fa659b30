package dev.sharegpt4v.models.text;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tokens of one answer to its words: no cut characters, and nothing of what ends the answer. One reader. */
public final class AnswerDecoder {

    private final IncrementalDetokenizer detokenizer;
    private final StopStringMatcher stops;
    private final Set<Integer> endTokens;
    private int decoded;

    /** For an answer of its own, without the stop string or token that ends it. */
    public AnswerDecoder(Tokenizer tokenizer, List<String> stopStrings, Set<Integer> endTokens) {
        this(tokenizer, new StopStringMatcher(stopStrings), endTokens);
    }

    /**
     * For any answer.
     *
     * @param stops what ends it
     * @param endTokens ids whose words are no part of it
     */
    public AnswerDecoder(Tokenizer tokenizer, StopStringMatcher stops, Set<Integer> endTokens) {
        this.detokenizer = new IncrementalDetokenizer(tokenizer);
        this.stops = stops;
        this.endTokens = Set.copyOf(endTokens);
    }

    /**
     * Takes tokens that stand before the answer, whose first word then keeps its space, and a character that was begun is
     * gone on with.
     *
     * @return their words
     */
    public String follow(int[] before) {
        StringBuilder words = new StringBuilder();
        for (int token : before) {
            words.append(detokenizer.append(token));
        }
        return words.toString();
    }

    /** The words that a token makes certain; none for a token that ends the answer. */
    public String append(int token) {
        return endTokens.contains(token) ? "" : words(detokenizer.append(token));
    }

    /** The words that were held back; no token follows. */
    public String finish() {
        return words(detokenizer.finish()) + stops.finish();
    }

    private String words(String text) {
        decoded += text.length();
        return stops.append(text);
    }

    /** Characters of all words so far, those that are held back or cut off included: where the next token's begin. */
    public int decoded() {
        return decoded;
    }

    /** Whether a token ends the answer and gives it no words. */
    public boolean isEnd(int token) {
        return endTokens.contains(token);
    }

    /** Whether a stop string was met, after which there are no more words. */
    public boolean isStopped() {
        return stopString().isPresent();
    }

    /** The stop string that was met. */
    public Optional<String> stopString() {
        return stops.matched();
    }
}
