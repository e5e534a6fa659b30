package dev.sharegpt4v.server.http;

import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.server.logging.RequestContext;
import dev.sharegpt4v.server.tracing.FollowedGeneration;
import dev.sharegpt4v.server.tracing.Span;
import dev.sharegpt4v.server.tracing.Tracing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is learnt of one exchange, for its line in the log and for its span. Thread-safe. */
final class ExchangeNotes {

    private static final ScopedValue<ExchangeNotes> CURRENT = ScopedValue.newInstance();

    private final Tracing tracing;
    private final Span span;
    private final String id;
    private final boolean readsBody;
    private final List<CompletionNote> completions = new ArrayList<>();
    private String key = "";
    private String body = "";
    private String operation = "";
    private String model = "";
    private String answerId = "";
    private String refusal = "";
    private int promptTokens;
    private Duration waited = Duration.ZERO;

    /**
     * Nothing yet.
     *
     * @param id of the exchange; empty where it has none
     * @param readsBody whether the start of the body is wanted
     */
    ExchangeNotes(Tracing tracing, Span span, String id, boolean readsBody) {
        this.tracing = tracing;
        this.span = span;
        this.id = id;
        this.readsBody = readsBody;
    }

    /** Those of the exchange that the thread serves; nobody reads what is noted outside of one. */
    static ExchangeNotes current() {
        return CURRENT.isBound() ? CURRENT.get() : new ExchangeNotes(Tracing.OFF, Span.NONE, "", false);
    }

    /** Whether this thread serves an exchange. */
    static boolean isBound() {
        return CURRENT.isBound();
    }

    /** Does work of this exchange, on whatever thread. */
    <T, X extends Throwable> T call(ScopedValue.CallableOp<T, X> work) throws X {
        return scope().call(work);
    }

    /** Does work of this exchange, on whatever thread. */
    void run(Runnable work) {
        scope().run(work);
    }

    private ScopedValue.Carrier scope() {
        ScopedValue.Carrier scope = ScopedValue.where(CURRENT, this).where(Span.CURRENT, span);
        return id.isEmpty() ? scope : scope.where(RequestContext.ID, id);
    }

    Span span() {
        return span;
    }

    String id() {
        return id;
    }

    /** By which key it was let in. */
    synchronized void nameKey(String name) {
        key = name;
    }

    /** The start of its body. */
    synchronized void noteBody(byte[] json) {
        if (readsBody) {
            body = RequestLog.excerpt(json);
        }
    }

    /** The code of its refusal. */
    synchronized void refused(String code) {
        refusal = code;
    }

    /**
     * What it asks of a model.
     *
     * @param what of OpenTelemetry's operations: chat, text_completion, embeddings
     * @param name of the model
     * @param answer the id of the answer
     */
    synchronized void asks(String what, String name, String answer) {
        operation = what;
        model = name;
        if (answerId.isEmpty()) {
            answerId = answer;
        }
    }

    /** Prompt positions, once for each prompt. */
    synchronized void addPrompt(int positions) {
        promptTokens += positions;
    }

    /** Completions of one prompt, which are submitted next. */
    List<CompletionNote> completions(Prompt prompt, List<GenerationRequest> requests) {
        addPrompt(prompt.length());
        return requests.stream()
                .map(request -> completion(tracing.follow(request, span)))
                .toList();
    }

    /** A completion of a prompt that was counted. */
    synchronized CompletionNote completion(FollowedGeneration followed) {
        CompletionNote note = new CompletionNote(followed);
        completions.add(note);
        return note;
    }

    synchronized String key() {
        return key;
    }

    synchronized String body() {
        return body;
    }

    /** Empty unless a model was asked. */
    synchronized String operation() {
        return operation;
    }

    synchronized String model() {
        return model;
    }

    synchronized String answerId() {
        return answerId;
    }

    /** Empty unless it was refused. */
    synchronized String refusal() {
        return refusal;
    }

    /** How long the model was waited for. */
    synchronized void waited(Duration time) {
        waited = time;
    }

    synchronized Duration waited() {
        return waited;
    }

    synchronized int promptTokens() {
        return promptTokens;
    }

    synchronized int completionTokens() {
        return completions.stream().mapToInt(CompletionNote::tokens).sum();
    }

    /** How the completions ended, of those that did, in their order. */
    synchronized List<String> finishReasons() {
        return completions.stream()
                .map(CompletionNote::reason)
                .filter(reason -> !reason.isEmpty())
                .toList();
    }
}
