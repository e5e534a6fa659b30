package dev.sharegpt4v.runtime.engine;

/**
 * The engine's state after a step, for metrics and readiness.
 *
 * @param running sequences with blocks
 * @param waiting requests without
 * @param encoding images queued for or under encoding
 * @param usedBlocks KV blocks held
 * @param totalBlocks KV blocks there are
 * @param steps steps since start
 * @param healthy false after a fatal device failure
 */
public record EngineSnapshot(
        int running, int waiting, int encoding, int usedBlocks, int totalBlocks, long steps, boolean healthy) {}
