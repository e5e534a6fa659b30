package dev.sharegpt4v.server.tracing;

import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Timings;
import dev.sharegpt4v.runtime.engine.Usage;
import java.util.List;
import java.util.Locale;

/**
 * One generation: its own span, and from the engine's timings a span for each of its stages.
 *
 * <p>Names of attributes are those of vLLM's {@code llm_request} (vllm/tracing); seconds.
 */
final class GenerationSpan implements FollowedGeneration {

    private static final double SECOND = 1e9;

    private final Span span;
    private final long submitted;
    private final Runnable forget;
    private volatile String said = "";

    GenerationSpan(Span span, long submitted, Runnable forget) {
        this.span = span;
        this.submitted = submitted;
        this.forget = forget;
    }

    void describe(GenerationRequest request) {
        span.put("gen_ai.request.id", request.id())
                .put("gen_ai.request.max_tokens", request.stop().maxTokens())
                .put("gen_ai.request.temperature", asWritten(request.sampling().temperature()))
                .put("gen_ai.request.top_p", asWritten(request.sampling().topP()));
    }

    /** Not 0.20000000298. */
    private static double asWritten(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    Span span() {
        return span;
    }

    @Override
    public void stopping(String reason) {
        said = reason;
    }

    @Override
    public void refused(String type) {
        forget.run();
        span.fail(type);
        span.end(System.nanoTime());
    }

    void preempted() {
        span.event("preempted", System.nanoTime());
    }

    void failed(EngineException cause) {
        span.fail(name(cause));
        span.end(System.nanoTime());
    }

    void finished(GenerationEvent.Finished end) {
        use(end.usage());
        stages(end.timings(), end.usage());
        boolean cancelled = end.reason() == FinishReason.CANCELLED;
        String reason =
                cancelled && !said.isEmpty() ? said : end.reason().name().toLowerCase(Locale.ROOT);
        span.put("gen_ai.response.finish_reasons", List.of(reason));
        span.end(submitted + end.timings().totalNanos());
    }

    private void use(Usage usage) {
        span.put("gen_ai.usage.prompt_tokens", usage.promptTokens())
                .put("gen_ai.usage.completion_tokens", usage.completionTokens())
                .put("sharegpt4v.usage.image_tokens", usage.imageTokens())
                .put("sharegpt4v.usage.cached_tokens", usage.cachedTokens());
    }

    private void stages(Timings timings, Usage usage) {
        long end = submitted + timings.totalNanos();
        if (timings.encodeNanos() > 0) {
            span.part("encode", submitted, submitted + timings.encodeNanos());
        }
        boolean ran = timings.queueNanos() > 0;
        long started = ran ? submitted + timings.queueNanos() : end;
        span.part("queue", submitted, started);
        latency("time_in_queue", started - submitted);
        latency("e2e", timings.totalNanos());
        if (!ran) {
            return;
        }
        boolean spoke = usage.completionTokens() > 0;
        long first = spoke ? submitted + timings.firstTokenNanos() : end;
        span.part("prefill", started, first);
        latency("time_in_model_prefill", first - started);
        latency("time_in_model_inference", end - started);
        if (spoke) {
            span.part("decode", first, end);
            latency("time_to_first_token", timings.firstTokenNanos());
            latency("time_in_model_decode", end - first);
        }
    }

    private void latency(String name, long nanos) {
        span.put("gen_ai.latency." + name, nanos / SECOND);
    }

    private static String name(EngineException cause) {
        return switch (cause) {
            case EngineException.TooLong _ -> "too_long";
            case EngineException.TooMany _ -> "too_many";
            case EngineException.QueueFull _ -> "queue_full";
            case EngineException.TimedOut _ -> "timeout";
            case EngineException.ShuttingDown _ -> "shutting_down";
            case EngineException.DeviceFailed _ -> "device_failed";
        };
    }
}
