package dev.sharegpt4v.server.tracing;

import dev.sharegpt4v.runtime.engine.EngineListener;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Spans by OpenTelemetry's SDK; bounded queues between it and the network. */
final class OtelTracing implements Tracing {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final GenerationSpans generations = new GenerationSpans();

    OtelTracing(OpenTelemetrySdk sdk, String version) {
        this.sdk = sdk;
        this.tracer = sdk.getTracerProvider()
                .tracerBuilder("dev.sharegpt4v")
                .setInstrumentationVersion(version)
                .build();
        this.propagator = sdk.getPropagators().getTextMapPropagator();
    }

    static Tracing start(TracingSetup setup) {
        Optional<OpenTelemetrySdk> sdk = OtelConfig.sdk(setup);
        return sdk.isPresent() ? new OtelTracing(sdk.get(), setup.version()) : Tracing.OFF;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Span exchange(String method, String route, Headers headers, long nanoTime) {
        boolean known = METHODS.contains(method);
        String told = known ? method : "HTTP";
        TraceClock clock = TraceClock.now();
        SpanBuilder builder = tracer.spanBuilder(route.isEmpty() ? told : told + " " + route)
                .setParent(propagator.extract(Context.root(), headers, HeaderReader.ONE))
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(clock.at(nanoTime), TimeUnit.NANOSECONDS)
                .setAttribute("http.request.method", known ? method : "_OTHER");
        if (!route.isEmpty()) {
            builder.setAttribute("http.route", route);
        }
        return OtelSpan.of(builder.startSpan(), tracer, clock);
    }

    @Override
    public Span background(String name, long nanoTime) {
        TraceClock clock = TraceClock.now();
        SpanBuilder builder =
                tracer.spanBuilder(name).setNoParent().setStartTimestamp(clock.at(nanoTime), TimeUnit.NANOSECONDS);
        return OtelSpan.of(builder.startSpan(), tracer, clock);
    }

    @Override
    public FollowedGeneration follow(GenerationRequest request, Span parent) {
        return parent.isSampled() ? generations.follow(request, parent) : FollowedGeneration.NONE;
    }

    @Override
    public EngineListener listen(EngineListener next) {
        return new TracedEngine(generations, next);
    }

    @Override
    public void close(Duration patience) {
        // What cannot be sent by then is lost; the threads that try hold up no exit.
        sdk.shutdown().join(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
    }
}
