package dev.sharegpt4v.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.runtime.engine.EngineException;
import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.FinishReason;
import dev.sharegpt4v.runtime.engine.GenerationEvent;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.engine.Timings;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an engine tells of generations, as spans. */
final class GenerationSpansTest {

    private static final long MILLI = 1_000_000;
    private static final Usage USAGE = new Usage(100, 64, 16, 5);

    private final KeptSpans kept = new KeptSpans();
    private final Tracing tracing = kept.tracing();
    private final GenerationSpans generations = new GenerationSpans();
    private final List<String> heard = new ArrayList<>();
    private final EngineListener engine = new TracedEngine(generations, new EngineListener() {
        @Override
        public void tokenAfter(GenerationRequest request, long nanos) {
            heard.add("token in " + Span.current().spanId());
        }

        @Override
        public void finished(GenerationRequest request, GenerationEvent.Finished end) {
            heard.add("finished in " + Span.current().spanId());
        }

        @Override
        public void failed(GenerationRequest request, EngineException cause) {
            heard.add("failed in " + Span.current().spanId());
        }
    });

    private static GenerationRequest request() {
        return new GenerationRequest(
                "chatcmpl-1",
                new Prompt(new int[] {1, 2}, List.of()),
                SamplingOptions.GREEDY,
                new StopRule(9, 0, Set.of()));
    }

    private Span parent() {
        return tracing.background("parent", System.nanoTime());
    }

    private static GenerationEvent.Finished end(FinishReason reason, Timings timings) {
        return new GenerationEvent.Finished(reason, USAGE, timings);
    }

    private static long length(SpanData span) {
        return span.getEndEpochNanos() - span.getStartEpochNanos();
    }

    @Test
    void eachStageHasTheTimeThatTheEngineTells() {
        GenerationRequest request = request();
        generations.follow(request, parent());
        engine.finished(request, end(FinishReason.LENGTH, new Timings(20 * MILLI, 15 * MILLI, 50 * MILLI, 90 * MILLI)));

        SpanData whole = kept.named("generate").getFirst();
        assertThat(length(whole)).isEqualTo(90 * MILLI);
        assertThat(kept.below(whole))
                .extracting(SpanData::getName, GenerationSpansTest::length)
                .containsExactlyInAnyOrder(
                        org.assertj.core.api.Assertions.tuple("encode", 15 * MILLI),
                        org.assertj.core.api.Assertions.tuple("queue", 20 * MILLI),
                        org.assertj.core.api.Assertions.tuple("prefill", 30 * MILLI),
                        org.assertj.core.api.Assertions.tuple("decode", 40 * MILLI));
        assertThat(KeptSpans.measure(whole, "gen_ai.latency.time_in_queue")).isEqualTo(0.02);
        assertThat(KeptSpans.measure(whole, "gen_ai.latency.time_to_first_token"))
                .isEqualTo(0.05);
        assertThat(KeptSpans.measure(whole, "gen_ai.latency.e2e")).isEqualTo(0.09);
        assertThat(KeptSpans.measure(whole, "gen_ai.latency.time_in_model_prefill"))
                .isEqualTo(0.03);
        assertThat(KeptSpans.measure(whole, "gen_ai.latency.time_in_model_decode"))
                .isEqualTo(0.04);
        assertThat(KeptSpans.measure(whole, "gen_ai.latency.time_in_model_inference"))
                .isEqualTo(0.07);
        assertThat(KeptSpans.number(whole, "gen_ai.usage.prompt_tokens")).isEqualTo(100);
        assertThat(KeptSpans.number(whole, "gen_ai.usage.completion_tokens")).isEqualTo(5);
        assertThat(KeptSpans.number(whole, "sharegpt4v.usage.cached_tokens")).isEqualTo(16);
        assertThat(KeptSpans.list(whole, "gen_ai.response.finish_reasons")).containsExactly("length");
        assertThat(KeptSpans.text(whole, "gen_ai.request.id")).isEqualTo("chatcmpl-1");
    }

    @Test
    void whatNeverRanOnlyWaited() {
        GenerationRequest request = request();
        generations.follow(request, parent());
        engine.finished(
                request,
                new GenerationEvent.Finished(
                        FinishReason.CANCELLED, new Usage(100, 0, 0, 0), new Timings(0, 0, 0, 7 * MILLI)));

        SpanData whole = kept.named("generate").getFirst();
        assertThat(kept.below(whole)).extracting(SpanData::getName).containsExactly("queue");
        assertThat(KeptSpans.list(whole, "gen_ai.response.finish_reasons")).containsExactly("cancelled");
        assertThat(KeptSpans.measure(whole, "gen_ai.latency.time_to_first_token"))
                .isNull();
    }

    @Test
    void aCancelAtAStopStringIsAStop() {
        GenerationRequest request = request();
        generations.follow(request, parent()).stopping("stop");
        engine.finished(request, end(FinishReason.CANCELLED, new Timings(1, 0, 2, 3)));
        assertThat(KeptSpans.list(kept.named("generate").getFirst(), "gen_ai.response.finish_reasons"))
                .containsExactly("stop");
    }

    @Test
    void equalRequestsAreToldApartAndFiguresAreRecordedWithinTheirSpans() {
        GenerationRequest one = request();
        GenerationRequest other = request();
        generations.follow(one, parent());
        generations.follow(other, parent());
        engine.tokenAfter(one, 1);
        engine.preempted(other);
        engine.failed(other, new EngineException.TimedOut("late"));
        engine.finished(one, end(FinishReason.STOP, new Timings(1, 0, 2, 3)));
        engine.finished(request(), end(FinishReason.STOP, new Timings(1, 0, 2, 3)));

        List<SpanData> spans = kept.named("generate");
        SpanData failed = spans.getFirst();
        SpanData finished = spans.get(1);
        assertThat(heard)
                .containsExactly(
                        "token in " + finished.getSpanId(),
                        "failed in " + failed.getSpanId(),
                        "finished in " + finished.getSpanId(),
                        "finished in ");
        assertThat(failed.getEvents().getFirst().getName()).isEqualTo("preempted");
        assertThat(failed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(KeptSpans.text(failed, "error.type")).isEqualTo("timeout");
        assertThat(generations.size()).isZero();
    }

    @Test
    void whatTheEngineDoesNotTakeIsForgotten() {
        GenerationRequest request = request();
        generations.follow(request, parent()).refused("refused");
        assertThat(generations.size()).isZero();
        assertThat(KeptSpans.text(kept.named("generate").getFirst(), "error.type"))
                .isEqualTo("refused");
    }

    @Test
    void whatIsNotSampledIsNotFollowed() {
        assertThat(tracing.follow(request(), Span.NONE)).isSameAs(FollowedGeneration.NONE);
    }
}
