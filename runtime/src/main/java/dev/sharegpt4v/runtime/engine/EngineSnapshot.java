package dev.sharegpt4v.runtime.engine;

/**
 * The engine's state after a step, for metrics and readiness.
 *
 * @param running sequences with blocks
 * @param waiting requests without
 * @param encoding images queued for or under encoding
 * @param usedBlocks KV blocks held
 * @param cachedBlocks KV blocks that nobody holds and that later requests may find
 * @param totalBlocks KV blocks there are
 * @param steps steps since start
 * @param caches what the caches spared
 * @param guesses what speculative decoding did
 * @param healthy false after a fatal device failure
 */
public record EngineSnapshot(
        int running,
        int waiting,
        int encoding,
        int usedBlocks,
        int cachedBlocks,
        int totalBlocks,
        long steps,
        CacheUse caches,
        GuessUse guesses,
        boolean healthy) {}
