package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class RunJsonTest {

    private static final long MS = 1_000_000;

    /** Two answers of 3 and 2 tokens and a failure, in half a second. */
    private static ObjectNode write(Load load, boolean detailed) {
        List<Attempt> attempts = List.of(
                new Attempt(
                        100 * MS,
                        new Outcome.Answered(
                                100 * MS, List.of(120 * MS, 130 * MS, 150 * MS), new TokenCount(7, 3, true))),
                new Attempt(
                        100 * MS,
                        new Outcome.Answered(110 * MS, List.of(150 * MS, 170 * MS), new TokenCount(5, 2, true))),
                new Attempt(100 * MS, new Outcome.Failed(120 * MS, "http 429", "later")));
        Run run = new Run(load, attempts, List.of(1, 2, 4), 100 * MS, 500 * MS);
        Result result = new Result(run, Figures.of(run, Optional.of(Goodput.parse(List.of("ttft:30")))));
        return RunJson.write(result, List.of(50.0, 99.9), detailed);
    }

    @Test
    void namesAndUnitsAreThoseOfVllm() {
        ObjectNode json = write(new ClosedLoop(2), false);
        assertThat(json.path("num_prompts").asInt()).isEqualTo(3);
        assertThat(json.path("completed").asInt()).isEqualTo(2);
        assertThat(json.path("failed").asInt()).isEqualTo(1);
        assertThat(json.path("request_rate").asText()).isEqualTo("inf");
        assertThat(json.path("max_concurrency").asInt()).isEqualTo(2);
        assertThat(json.path("duration").asDouble()).isEqualTo(0.5);
        assertThat(json.path("total_input_tokens").asInt()).isEqualTo(12);
        assertThat(json.path("total_output_tokens").asInt()).isEqualTo(5);
        assertThat(json.path("request_throughput").asDouble()).isEqualTo(4);
        assertThat(json.path("output_throughput").asDouble()).isEqualTo(10);
        assertThat(json.path("total_token_throughput").asDouble()).isEqualTo(34);
        assertThat(json.path("request_goodput").asDouble()).isEqualTo(2);
        assertThat(json.path("total_images").asInt()).isEqualTo(3);
        assertThat(json.path("mean_ttft_ms").asDouble()).isEqualTo(30);
        assertThat(json.path("median_itl_ms").asDouble()).isEqualTo(20);
        assertThat(json.path("mean_tpot_ms").asDouble()).isEqualTo(17.5);
        assertThat(json.path("max_e2el_ms").asDouble()).isEqualTo(60);
        assertThat(json.has("p99.9_e2el_ms")).isTrue();
        assertThat(json.at("/failures/http 429/count").asInt()).isEqualTo(1);
        assertThat(json.has("ttfts")).isFalse();
    }

    @Test
    void everyRequestIsListedInSecondsAndInOrder() {
        ObjectNode json = write(new OpenLoop(new Arrivals(4, 1), OptionalInt.empty(), 1), true);
        assertThat(json.path("request_rate").asDouble()).isEqualTo(4);
        assertThat(json.path("max_concurrency").isNull()).isTrue();
        assertThat(json.path("input_lens")).hasToString("[7,5,0]");
        assertThat(json.path("output_lens")).hasToString("[3,2,0]");
        assertThat(json.path("ttfts")).hasToString("[0.02,0.04,0.0]");
        assertThat(json.path("itls")).hasToString("[[0.01,0.02],[0.02],[]]");
        assertThat(json.path("start_times")).hasToString("[0.0,0.01,0.02]");
        assertThat(json.path("errors")).hasToString("[\"\",\"\",\"http 429: later\"]");
    }
}
