package dev.sharegpt4v.server.bench.mix;

import java.util.random.RandomGenerator;

/** Writes text of a given length. */
public interface Words {

    /** Random words that are so many tokens. */
    String ofTokens(int tokens, RandomGenerator random);
}
