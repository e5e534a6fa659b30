package dev.sharegpt4v.server.telemetry;

import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Timings;
import dev.sharegpt4v.runtime.engine.Usage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the engine tells of steps and of generations. */
final class EngineMeters implements EngineListener {

    private static final String OUTCOMES = "Generations by how they ended";

    private final Counter promptTokens;
    private final Counter imageTokens;
    private final Counter cachedTokens;
    private final Counter generationTokens;
    private final Counter preemptions;
    private final Counter imagesEncoded;
    private final Counter failures;
    private final Map<FinishReason, Counter> ends = new EnumMap<>(FinishReason.class);
    private final Timer firstToken;
    private final Timer perToken;
    private final Timer betweenTokens;
    private final Timer total;
    private final Timer queue;
    private final Timer features;
    private final Timer prefill;
    private final Timer decode;
    private final Timer inference;
    private final Timer encode;
    private final Timer step;
    private final DistributionSummary sequences;
    private final DistributionSummary stepTokens;
    private final DistributionSummary promptLength;
    private final DistributionSummary computedLength;
    private final DistributionSummary completionLength;
    private final DistributionSummary askedLength;

    EngineMeters(Meters meters, int positions) {
        promptTokens = meters.counter("prompt_tokens", "Prompt positions of finished requests");
        imageTokens = meters.counter("image_tokens", "Of them, positions of images");
        cachedTokens = meters.counter("prompt_tokens_cached", "Of them, positions found in the cache");
        generationTokens = meters.counter("generation_tokens", "Sampled tokens");
        preemptions = meters.counter("preemptions", "Sequences that lost their blocks");
        imagesEncoded = meters.counter("images_encoded", "Images run through the vision tower");
        for (FinishReason reason : FinishReason.values()) {
            ends.put(reason, meters.counter("requests", OUTCOMES, "outcome", name(reason)));
        }
        failures = meters.counter("requests", OUTCOMES, "outcome", "failed");
        firstToken = meters.timer("time_to_first_token", "From submission to the first token", Buckets.FIRST_TOKEN);
        perToken = meters.timer(
                "time_per_output_token", "Mean time per token after the first, per request", Buckets.TOKEN);
        betweenTokens =
                meters.timer("inter_token_latency", "Between two steps that gave a request tokens", Buckets.TOKEN);
        total = meters.timer("e2e_request_latency", "From submission to the end", Buckets.REQUEST);
        queue = meters.timer("request_queue_time", "From submission to the first step", Buckets.REQUEST);
        features = meters.timer(
                "request_encode_time", "From submission until the features of its images were there", Buckets.REQUEST);
        prefill = meters.timer("request_prefill_time", "From the first step to the first token", Buckets.REQUEST);
        decode = meters.timer("request_decode_time", "From the first token to the end", Buckets.REQUEST);
        inference = meters.timer("request_inference_time", "From the first step to the end", Buckets.REQUEST);
        encode = meters.timer("image_encode", "One batch of images through the vision tower", Buckets.IMAGE);
        step = meters.timer("step_duration", "One step of the engine", Buckets.STEP);
        sequences = meters.summary("step_sequences", "Sequences that share a step", Buckets.SEQUENCES);
        stepTokens = meters.summary("step_tokens", "Tokens run in a step", Buckets.STEP_TOKENS);
        double[] lengths = Buckets.tokens(positions);
        promptLength = meters.summary("request_prompt_tokens", "Prompt positions of a request", lengths);
        computedLength =
                meters.summary("request_prefill_tokens", "Prompt positions of a request, not in the cache", lengths);
        completionLength = meters.summary("request_generation_tokens", "Sampled tokens of a request", lengths);
        askedLength = meters.summary("request_max_tokens", "Tokens that a request may sample", lengths);
    }

    private static String name(FinishReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void stepCommitted(StepReport report) {
        step.record(Duration.ofNanos(report.nanos()));
        sequences.record(report.sequences());
        stepTokens.record((double) report.prefillTokens() + report.decodeTokens());
    }

    @Override
    public void tokenAfter(GenerationRequest request, long nanos) {
        betweenTokens.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void imagesEncoded(int images, long nanos) {
        encode.record(Duration.ofNanos(nanos));
        imagesEncoded.increment(images);
    }

    @Override
    public void finished(GenerationRequest request, GenerationEvent.Finished end) {
        use(request, end.usage());
        times(end.timings(), end.usage().completionTokens());
        Counter counter = ends.get(end.reason());
        if (counter != null) {
            counter.increment();
        }
    }

    private void use(GenerationRequest request, Usage usage) {
        promptTokens.increment(usage.promptTokens());
        imageTokens.increment(usage.imageTokens());
        cachedTokens.increment(usage.cachedTokens());
        generationTokens.increment(usage.completionTokens());
        promptLength.record(usage.promptTokens());
        computedLength.record((double) usage.promptTokens() - usage.cachedTokens());
        completionLength.record(usage.completionTokens());
        askedLength.record(request.stop().maxTokens());
    }

    private void times(Timings timings, int tokens) {
        total.record(Duration.ofNanos(timings.totalNanos()));
        if (timings.encodeNanos() > 0) {
            features.record(Duration.ofNanos(timings.encodeNanos()));
        }
        if (timings.queueNanos() > 0) {
            queue.record(Duration.ofNanos(timings.queueNanos()));
            inference.record(Duration.ofNanos(timings.totalNanos() - timings.queueNanos()));
        }
        if (tokens > 0) {
            long rest = timings.totalNanos() - timings.firstTokenNanos();
            firstToken.record(Duration.ofNanos(timings.firstTokenNanos()));
            prefill.record(Duration.ofNanos(timings.firstTokenNanos() - timings.queueNanos()));
            decode.record(Duration.ofNanos(rest));
            if (tokens > 1) {
                perToken.record(Duration.ofNanos(rest / (tokens - 1)));
            }
        }
    }

    @Override
    public void failed(GenerationRequest request, EngineException cause) {
        failures.increment();
    }

    @Override
    public void preempted(GenerationRequest request) {
        preemptions.increment();
    }
}
