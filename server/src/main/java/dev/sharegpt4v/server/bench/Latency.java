package dev.sharegpt4v.server.bench;

/** What a latency measures, by the definitions of {@code vllm bench serve}. */
public enum Latency {
    /** Time to the first token: from sending to the first chunk with a choice. */
    TTFT("ttft_ms"),
    /** Time per output token after the first: (E2E − TTFT) / (output tokens − 1). */
    TPOT("tpot_ms"),
    /** Inter-token latency: every gap between two chunks with a choice. */
    ITL("itl_ms"),
    /** End to end: from sending to the last chunk. */
    E2E("e2e_ms");

    private final String key;

    Latency(String key) {
        this.key = key;
    }

    /** Its name in JSON. */
    String key() {
        return key;
    }
}
