package dev.sharegpt4v.runtime.sampling;

import java.util.Set;

/** How far one answer has come under its {@link TokenConstraint}. One thread at a time. */
public interface TokenMatcher {

    /**
     * Sets the logits of all tokens that cannot come next to negative infinity. Tokens that end the answer stay exactly when
     * {@link #isComplete()}, and never count as text.
     *
     * @param logits one row
     * @param endTokens ids that end the answer
     */
    void mask(float[] logits, Set<Integer> endTokens);

    /**
     * Goes on by a token that is no end token.
     *
     * @throws IllegalArgumentException when the mask forbids it
     */
    void accept(int token);

    /** Whether the answer may end here. */
    boolean isComplete();

    /** An independent matcher at the same place; costs next to nothing. */
    TokenMatcher fork();
}
