package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.sampling.TokenRules;
import dev.sharegpt4v.server.openai.ApiException;
import dev.sharegpt4v.server.openai.TokenWishes;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a request asks of tokens, in the terms of the model's vocabulary. */
final class WishedTokens {

    private final Tokenizer tokenizer;
    private final int vocabulary;

    /** For ids below {@code vocabulary}. */
    WishedTokens(Tokenizer tokenizer, int vocabulary) {
        this.tokenizer = tokenizer;
        this.vocabulary = vocabulary;
    }

    /** The rules; a 400 where an id is none of the vocabulary's. */
    TokenRules rules(TokenWishes wishes) {
        if (wishes.isEmpty()) {
            return TokenRules.NONE;
        }
        wishes.bias().keySet().forEach(id -> require(id, "logit_bias"));
        List<Integer> allowed = wishes.allowed().orElse(List.of());
        allowed.forEach(id -> require(id, "allowed_token_ids"));
        Set<List<Integer>> banned = new LinkedHashSet<>();
        for (String word : wishes.badWords()) {
            // With the space that a word has in a text, and without, as at its beginning or in a longer word.
            banned.add(ids(tokenizer.encode(word.stripLeading())));
            banned.add(ids(tokenizer.encodeAfterSpecial(word.stripLeading())));
        }
        banned.remove(List.<Integer>of());
        return TokenRules.of(wishes.bias(), new HashSet<>(allowed), List.copyOf(banned));
    }

    private void require(int id, String param) {
        if (id < 0 || id >= vocabulary) {
            throw ApiException.invalid(
                    param, "There is no token %d: the vocabulary has %d tokens.".formatted(id, vocabulary));
        }
    }

    private static List<Integer> ids(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }
}
