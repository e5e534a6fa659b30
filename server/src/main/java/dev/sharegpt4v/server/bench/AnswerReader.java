package dev.sharegpt4v.server.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Reads one streamed answer and notes when its tokens came. */
final class AnswerReader {

    private static final JsonMapper JSON = new JsonMapper();

    private final LongSupplier clock;
    private final List<Long> chunks = new ArrayList<>();
    private int textChunks;
    private boolean finished;
    private Optional<JsonNode> usage = Optional.empty();

    private AnswerReader(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Reads to the end of the stream, beyond {@code [DONE]}, so that its connection can be used again.
     *
     * @param sent when the request was sent, by the same clock
     */
    static Outcome read(InputStream stream, long sent, LongSupplier clock) throws IOException {
        return new AnswerReader(clock).read(new EventReader(stream), sent);
    }

    private Outcome read(EventReader events, long sent) throws IOException {
        boolean done = false;
        for (Optional<EventReader.Event> event = events.next(); event.isPresent(); event = events.next()) {
            long now = clock.getAsLong();
            done |= event.get().data().startsWith("[DONE]");
            if (done) {
                continue;
            }
            try {
                JsonNode chunk = JSON.readTree(event.get().data());
                if (event.get().name().equals("error") || chunk.hasNonNull("error")) {
                    return new Outcome.Failed(sent, "error in the stream", message(chunk));
                }
                take(chunk, now);
            } catch (JsonProcessingException e) {
                return new Outcome.Failed(sent, "unreadable chunk", e.getOriginalMessage());
            }
        }
        if (chunks.isEmpty()) {
            return new Outcome.Failed(sent, "no tokens", "the stream ended without any chunk of text");
        }
        if (!done && !finished) {
            return new Outcome.Failed(
                    sent, "cut off", "the stream ended after " + chunks.size() + " chunks without an end");
        }
        return new Outcome.Answered(sent, chunks, tokens());
    }

    private void take(JsonNode chunk, long now) {
        JsonNode choice = chunk.path("choices").path(0);
        finished |= choice.hasNonNull("finish_reason");
        if (hasToken(choice)) {
            chunks.add(now);
            textChunks += text(choice).isEmpty() ? 0 : 1;
        }
        if (chunk.path("usage").isObject()) {
            usage = Optional.of(chunk.path("usage"));
        }
    }

    /**
     * Whether a chunk tells of a token: one with text, or with empty text as of a special token; not one that opens the answer
     * with its role, nor one that only ends it.
     *
     * <p>Source: {@code endpoint_request_func.py} of vLLM 0.33.
     */
    private static boolean hasToken(JsonNode choice) {
        if (choice.has("text")) {
            return true;
        }
        JsonNode delta = choice.path("delta");
        boolean said = !delta.path("content").asText("").isEmpty()
                || !delta.path("reasoning").asText("").isEmpty()
                || !delta.path("reasoning_content").asText("").isEmpty()
                || !delta.path("tool_calls").isEmpty();
        return said || (delta.path("content").isTextual() && !delta.has("role"));
    }

    private static String text(JsonNode choice) {
        return choice.has("text")
                ? choice.path("text").asText("")
                : choice.path("delta").path("content").asText("");
    }

    private TokenCount tokens() {
        return usage.map(count -> new TokenCount(
                        count.path("prompt_tokens").asInt(),
                        count.path("completion_tokens").asInt(),
                        true))
                .orElseGet(() -> new TokenCount(0, textChunks, false));
    }

    /** What an error object says, in any of the shapes that servers give it. */
    static String message(JsonNode body) {
        JsonNode error = body.has("error") ? body.path("error") : body;
        String message = error.path("message").asText(error.isTextual() ? error.asText() : error.toString());
        return message.length() > 300 ? message.substring(0, 300) + "…" : message;
    }
}
