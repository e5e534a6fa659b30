package dev.sharegpt4v.runtime.testing;

/** What a scripted model says after a prefix. */
@FunctionalInterface
public interface Continuation {

    /** Every token of the prefix, its order and every row of its images decide; no two prefixes are likely to agree. */
    Continuation HASHED = (prefix, vocabularySize) -> {
        long hash = 1125899906842597L;
        for (long entry : prefix) {
            hash = (hash ^ entry) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) Long.remainderUnsigned(hash, vocabularySize);
    };

    /**
     * The likeliest next token.
     *
     * @param prefix one entry per position: a token's id, or {@link ScriptedEncoder#entry} for a row of an image
     * @param vocabularySize ids are below this
     */
    int next(long[] prefix, int vocabularySize);
}
