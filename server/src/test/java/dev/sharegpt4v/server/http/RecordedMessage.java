package dev.sharegpt4v.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.runtime.engine.Usage;
import dev.sharegpt4v.server.openai.MessagesWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A recorded chat of one choice as the events of one message in Anthropic's shape; refusals are words there. */
final class RecordedMessage {

    private final MessagesWriter writer;
    private final List<JsonNode> events = new ArrayList<>();
    private boolean inText;
    private int blocks;
    private String finishReason = "stop";

    private RecordedMessage(String model) {
        this.writer = new MessagesWriter("msg_replayed", model);
    }

    static List<JsonNode> events(String model, List<JsonNode> chunks) {
        RecordedMessage message = new RecordedMessage(model);
        JsonNode counts = chunks.getLast().path("usage");
        int prompt = counts.path("prompt_tokens").asInt();
        message.events.add(message.writer.start(new Usage(prompt, 0, 0, 0)));
        chunks.stream().map(chunk -> chunk.at("/choices/0")).forEach(message::add);
        message.closeBlock();
        message.events.add(message.writer.end(
                MessagesWriter.End.of(message.finishReason, Optional.empty()),
                new Usage(prompt, 0, 0, counts.path("completion_tokens").asInt())));
        message.events.add(message.writer.stop());
        return message.events;
    }

    private void add(JsonNode choice) {
        finishReason = choice.path("finish_reason").asText(finishReason);
        JsonNode delta = choice.path("delta");
        if (delta.path("content").isTextual() || delta.path("refusal").isTextual()) {
            if (!inText) {
                closeBlock();
                inText = true;
                events.add(writer.textStart(blocks++));
                events.add(writer.ping());
            }
            events.add(writer.delta(
                    blocks - 1,
                    delta.path("content").asText("") + delta.path("refusal").asText("")));
        }
        for (JsonNode call : delta.path("tool_calls")) {
            if (call.has("id")) {
                closeBlock();
                inText = false;
                events.add(writer.callStart(
                        blocks++,
                        call.path("id").asText(),
                        call.at("/function/name").asText()));
            }
            events.add(
                    writer.arguments(blocks - 1, call.at("/function/arguments").asText()));
        }
    }

    private void closeBlock() {
        if (blocks > 0) {
            events.add(writer.blockStop(blocks - 1));
        }
    }
}
