package dev.sharegpt4v.server.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** What a latency measures, by the definitions of {@code vllm bench serve}. */
public enum Latency {
    /** Time to the first token: from sending to the first chunk with a token. */
    TTFT("ttft"),
    /** Time per output token after the first: (E2E − TTFT) / (output tokens − 1). */
    TPOT("tpot"),
    /** Inter-token latency: every gap between two chunks with a token. */
    ITL("itl"),
    /** End to end: from sending to the last chunk with a token. */
    E2E("e2el");

    private final String key;

    Latency(String key) {
        this.key = key;
    }

    /** Its name in JSON, as vLLM writes it. */
    public String key() {
        return key;
    }

    /** Its values in an answer, in nanoseconds: one; for {@link #ITL} many; for the {@link #TPOT} of one token none. */
    public DoubleStream nanos(Outcome.Answered answer) {
        int tokens = answer.tokens().output();
        return switch (this) {
            case TTFT -> DoubleStream.of((double) answer.firstTokenNanos());
            case TPOT ->
                tokens < 2
                        ? DoubleStream.empty()
                        : DoubleStream.of((double) (answer.totalNanos() - answer.firstTokenNanos()) / (tokens - 1));
            case ITL -> Arrays.stream(answer.gaps()).asDoubleStream();
            case E2E -> DoubleStream.of((double) answer.totalNanos());
        };
    }
}
