package dev.sharegpt4v.server.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One measurement as JSON.
 *
 * <p>Members that vLLM's {@code bench serve --save-result} has too have its names and units: rates a second, latencies in
 * milliseconds, and in the lists of every request seconds.
 */
final class RunJson {

    private static final JsonMapper JSON = new JsonMapper();
    private static final double SECOND = 1e9;

    private RunJson() {}

    static ObjectNode write(Result result, List<Double> percentiles, boolean detailed) {
        Run run = result.run();
        Figures figures = result.figures();
        ObjectNode json = JSON.createObjectNode();
        json.put("num_prompts", figures.requests());
        if (Double.isInfinite(run.load().rate())) {
            json.put("request_rate", "inf");
        } else {
            json.put("request_rate", run.load().rate());
        }
        json.put("burstiness", run.load().burstiness());
        run.load()
                .maxConcurrency()
                .ifPresentOrElse(most -> json.put("max_concurrency", most), () -> json.putNull("max_concurrency"));
        json.put("duration", figures.seconds());
        json.put("completed", figures.answered());
        json.put("failed", figures.requests() - figures.answered());
        json.put("total_input_tokens", figures.promptTokens());
        json.put("total_output_tokens", figures.outputTokens());
        json.put("tokens_counted_by_server", figures.tokensCounted());
        json.put("total_images", figures.images());
        json.put("request_throughput", figures.requestsPerSecond());
        figures.goodPerSecond()
                .ifPresentOrElse(rate -> json.put("request_goodput", rate), () -> json.putNull("request_goodput"));
        json.put("output_throughput", figures.outputTokensPerSecond());
        json.put("total_token_throughput", figures.totalTokensPerSecond());
        json.put("image_throughput", figures.imagesPerSecond());
        json.put("max_output_tokens_per_s", (double) figures.peaks().tokensPerSecond());
        json.put("max_concurrent_requests", figures.peaks().requestsPerSecond());
        json.put("peak_concurrency", figures.peaks().concurrent());
        figures.latencies().forEach((latency, found) -> spread(json, latency.key(), found, percentiles));
        figures.queueing().ifPresent(found -> spread(json, "client_queue_time", found, percentiles));
        json.set("failures", JSON.valueToTree(figures.failures()));
        if (detailed) {
            details(json, run);
        }
        return json;
    }

    private static void spread(ObjectNode json, String name, Distribution found, List<Double> percentiles) {
        json.put("mean_" + name + "_ms", found.mean());
        json.put("median_" + name + "_ms", found.median());
        json.put("std_" + name + "_ms", found.std());
        json.put("max_" + name + "_ms", found.max());
        for (double percent : percentiles) {
            json.put("p" + PlainNumber.of(percent) + "_" + name + "_ms", found.percentile(percent));
        }
    }

    private static void details(ObjectNode json, Run run) {
        ArrayNode inputs = json.putArray("input_lens");
        ArrayNode outputs = json.putArray("output_lens");
        ArrayNode starts = json.putArray("start_times");
        ArrayNode firsts = json.putArray("ttfts");
        ArrayNode gaps = json.putArray("itls");
        ArrayNode totals = json.putArray("latencies");
        ArrayNode queued = json.putArray("queue_times");
        ArrayNode errors = json.putArray("errors");
        for (Attempt attempt : run.attempts()) {
            starts.add((attempt.outcome().sent() - run.started()) / SECOND);
            queued.add(attempt.queuedNanos() / SECOND);
            ArrayNode own = gaps.addArray();
            switch (attempt.outcome()) {
                case Outcome.Answered answer -> {
                    inputs.add(answer.tokens().prompt());
                    outputs.add(answer.tokens().output());
                    firsts.add(answer.firstTokenNanos() / SECOND);
                    totals.add(answer.totalNanos() / SECOND);
                    for (long gap : answer.gaps()) {
                        own.add(gap / SECOND);
                    }
                    errors.add("");
                }
                case Outcome.Failed failed -> {
                    inputs.add(0);
                    outputs.add(0);
                    firsts.add(0.0);
                    totals.add(0.0);
                    errors.add(failed.kind() + ": " + failed.message());
                }
            }
        }
    }
}
