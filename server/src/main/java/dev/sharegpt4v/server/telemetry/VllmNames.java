package dev.sharegpt4v.server.telemetry;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The same figures under vLLM's names, types, labels and buckets, so that what reads vLLM reads this server. Prometheus'
 * client gives no name that ends as vLLM's histogram {@code iteration_tokens_total} does; this writes its lines itself.
 *
 * <p>Source: vLLM, {@code vllm/v1/metrics/loggers.py}.
 */
final class VllmNames {

    /** Ours of lengths are vLLM's already. */
    private static final double[] ALL = {};

    private final String model;
    private final List<VllmAlias> aliases = aliases();

    private VllmNames(String model) {
        this.model = model;
    }

    static Optional<VllmNames> of(MetricsSetup setup) {
        return setup.vllmNames() ? Optional.of(new VllmNames(setup.models().getFirst())) : Optional.empty();
    }

    /** Lines for all that is there now. */
    String text(MetricSnapshots all, boolean openMetrics) {
        Map<String, MetricSnapshot> byName = new HashMap<>();
        all.forEach(snapshot -> byName.put(snapshot.getMetadata().getPrometheusName(), snapshot));
        VllmText text = new VllmText(model, openMetrics);
        for (VllmAlias alias : aliases) {
            MetricSnapshot own = byName.get("sharegpt4v_" + alias.own());
            if (own != null) {
                alias.write(text, own);
            }
        }
        return text.toString();
    }

    private static List<VllmAlias> aliases() {
        return List.of(
                new VllmAlias.Level("requests_running", "num_requests_running", ""),
                new VllmAlias.Level("requests_waiting", "num_requests_waiting", ""),
                new VllmAlias.Level("requests_waiting", "num_requests_waiting_by_reason", "reason=\"capacity\""),
                new VllmAlias.Level("kv_cache_usage_ratio", "kv_cache_usage_perc", ""),
                new VllmAlias.Level("kv_cache_usage_ratio", "gpu_cache_usage_perc", ""),
                new VllmAlias.Cache("kv_cache_config", "cache_config_info"),
                new VllmAlias.Count("prefix_cache_queries", "prefix_cache_queries"),
                new VllmAlias.Count("prefix_cache_hits", "prefix_cache_hits"),
                new VllmAlias.Count("prepared_images_queries", "mm_cache_queries"),
                new VllmAlias.Count("prepared_images_hits", "mm_cache_hits"),
                new VllmAlias.Count("preemptions", "num_preemptions"),
                new VllmAlias.Count("prompt_tokens", "prompt_tokens"),
                new VllmAlias.Count("prompt_tokens_cached", "prompt_tokens_cached"),
                new VllmAlias.Count("generation_tokens", "generation_tokens"),
                new VllmAlias.Count("draft_tokens", "spec_decode_num_draft_tokens"),
                new VllmAlias.Count("draft_tokens_accepted", "spec_decode_num_accepted_tokens"),
                new VllmAlias.Ends("requests", "request_success"),
                new VllmAlias.Histogram(
                        "time_to_first_token_seconds", "time_to_first_token_seconds", Buckets.FIRST_TOKEN),
                new VllmAlias.Histogram(
                        "inter_token_latency_seconds", "inter_token_latency_seconds", Buckets.VLLM_TOKEN),
                new VllmAlias.Histogram(
                        "inter_token_latency_seconds", "time_per_output_token_seconds", Buckets.VLLM_TOKEN),
                new VllmAlias.Histogram(
                        "time_per_output_token_seconds", "request_time_per_output_token_seconds", Buckets.VLLM_TOKEN),
                time("e2e_request_latency_seconds"),
                time("request_queue_time_seconds"),
                time("request_inference_time_seconds"),
                time("request_prefill_time_seconds"),
                time("request_decode_time_seconds"),
                new VllmAlias.Histogram("request_prompt_tokens", "request_prompt_tokens", ALL),
                new VllmAlias.Histogram("request_generation_tokens", "request_generation_tokens", ALL),
                new VllmAlias.Histogram("request_generation_tokens", "request_max_num_generation_tokens", ALL),
                new VllmAlias.Histogram("request_max_tokens", "request_params_max_tokens", ALL),
                new VllmAlias.Histogram("request_prefill_tokens", "request_prefill_kv_computed_tokens", ALL),
                new VllmAlias.Histogram("step_tokens", "iteration_tokens_total", Buckets.STEP_TOKENS));
    }

    private static VllmAlias time(String name) {
        return new VllmAlias.Histogram(name, name, Buckets.VLLM_REQUEST);
    }
}
